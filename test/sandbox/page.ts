import { html, raw } from 'hono/html';

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null | undefined)[])[];
  /** How many there are, where not all are shown. */
  readonly total?: number;
}

/** A page for people who watch a demo: one table per kind of object. */
export function tablesPage(title: string, note: string, tables: readonly Table[]) {
  const sections = tables.map(
    (table) =>
      html`<section><h2>${table.title} <small>${countOf(table)}</small></h2>
<table><thead><tr>${table.columns.map((column) => html`<th>${column}</th>`)}</tr></thead>
<tbody>${table.rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell ?? ''}</td>`)}</tr>`)}</tbody></table></section>`,
  );
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="3"><title>${title}</title>
<style>${raw(style)}</style></head>
<body><h1>${title}</h1><p>${note}</p>${sections}</body></html>`;
}

const countOf = ({ rows, total = rows.length }: Table): string =>
  total > rows.length ? `${total}, the newest ${rows.length} shown` : String(total);

const style = `
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; color: #1f2933 }
h1 { font-size: 1.5rem; margin: 0 } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem }
p, small { color: #62707d } small { font-weight: normal }
table { border-collapse: collapse; width: 100% }
th { text-align: left; font-weight: 600; color: #62707d; font-size: .85rem }
th, td { padding: .4rem .75rem .4rem 0; border-bottom: 1px solid #e4e7eb; vertical-align: top }
`;
