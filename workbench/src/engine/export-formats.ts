// The documents that a page can become.

export const exportFormats = {
  latex: { title: 'LaTeX', extension: 'tex', type: 'text/x-tex' },
  markdown: { title: 'Markdown', extension: 'md', type: 'text/markdown' },
  html: { title: 'HTML', extension: 'html', type: 'text/html' },
  notebook: { title: 'Notebook', extension: 'ipynb', type: 'application/x-ipynb+json' },
} as const;

export type ExportFormat = keyof typeof exportFormats;
