// A table as CSV (RFC 4180).

export function tableText(rows: readonly (readonly unknown[])[]): string {
  const cell = (value: unknown): string => {
    const text = value === undefined ? '' : String(value);
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return rows.map((row) => `${row.map(cell).join(',')}\n`).join('');
}
