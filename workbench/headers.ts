// What the server says with every file. The page works without these, on any static host: then it has no shared memory,
// and the policy stands in the page itself.

/** No script but the page's own, no evaluation of text as code; WebAssembly may be compiled. */
export const policy: string = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  // The editor writes its style sheets and sizes into the page.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

export const headers: Readonly<Record<string, string>> = {
  'Content-Security-Policy': `${policy}; frame-ancestors 'none'`,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};
