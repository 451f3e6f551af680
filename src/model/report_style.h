/* report_style.h - the style sheet of a report's page, as one literal.
 *
 * Colours are chosen for a contrast of at least 4.5 to 1 for text and 3 to 1 for marks, on
 * both grounds.  Nothing is told by colour alone.
 */
#ifndef MODEL_REPORT_STYLE_H
#define MODEL_REPORT_STYLE_H

/* clang-format off */
#define REPORT_STYLE \
":root{--ground:#f6f7f9;--card:#fff;--ink:#16191d;--soft:#535b66;--rule:#d5d9df;--one:#0a58a8;" \
"--two:#a8430b;--good:#176638;--bad:#a9211a}" \
"@media(prefers-color-scheme:dark){:root{--ground:#12151a;--card:#1a1f26;--ink:#e9ecf0;" \
"--soft:#aab3be;--rule:#39414b;--one:#7fb6ff;--two:#ffb07f;--good:#86d8a3;--bad:#ffa29b}}" \
"*{box-sizing:border-box}" \
"body{margin:0;background:var(--ground);color:var(--ink);" \
"font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',sans-serif}" \
"header,main,footer{max-width:1180px;margin:0 auto;padding:0 16px}" \
"header{padding-top:24px}footer{padding-bottom:40px;color:var(--soft)}" \
"h1{font-size:1.6rem;line-height:1.25;margin:0 0 4px}" \
"h2{font-size:1.25rem;margin:40px 0 8px}h3{font-size:1.05rem;margin:0 0 8px}" \
"p{max-width:46rem;margin:8px 0}a{color:var(--one)}" \
":focus-visible{outline:3px solid var(--one);outline-offset:2px;border-radius:3px}" \
".skip{position:absolute;left:-999px}.skip:focus{position:static}" \
"nav ul{list-style:none;padding:0;margin:16px 0;display:flex;flex-wrap:wrap;gap:4px 16px}" \
"nav a{display:inline-block;padding:4px 0}" \
"dl.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin:16px 0}" \
"dl.facts div{background:var(--card);border:1px solid var(--rule);border-radius:8px;padding:10px 14px}" \
"dt{color:var(--soft);font-size:.85rem}dd{margin:0;font-size:1.15rem;font-weight:600;overflow-wrap:anywhere}" \
"dd small{display:block;font-size:.8rem;font-weight:400;color:var(--soft)}" \
"code{font:.8rem ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}" \
".card{background:var(--card);border:1px solid var(--rule);border-radius:8px;padding:16px;margin:16px 0}" \
".scroll{overflow-x:auto;background:var(--card);border:1px solid var(--rule);border-radius:8px;margin:12px 0}" \
".card .scroll{margin:8px 0}" \
"table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;font-size:.9rem}" \
"caption{text-align:left;padding:10px 12px 4px;color:var(--soft)}" \
"th,td{padding:6px 12px;text-align:right;white-space:nowrap;border-bottom:1px solid var(--rule);vertical-align:top}" \
"tbody tr:last-child>*{border-bottom:0}" \
"thead th{color:var(--soft);font-weight:600;vertical-align:bottom;white-space:normal}" \
"th:first-child{text-align:left;position:sticky;left:0;background:var(--card)}" \
"tbody th{font-weight:600}td small,th small{color:var(--soft);font-weight:400}" \
"td small{display:block}" \
".charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,290px),1fr));gap:16px}" \
"figure{margin:0;min-width:0}figcaption{font-weight:600;font-size:.9rem;margin-bottom:4px}" \
"svg{display:block;width:100%;height:auto;max-width:420px}svg text{font-size:11px;fill:var(--soft)}" \
"svg.range{width:120px;height:16px;display:inline-block;vertical-align:middle}" \
".grid{stroke:var(--rule);stroke-width:1}.axis{stroke:var(--soft);stroke-width:1}" \
".chance{stroke:var(--soft);stroke-width:1;stroke-dasharray:4 4}" \
".curve{fill:none;stroke:var(--one);stroke-width:2;stroke-linejoin:round}" \
".mark{fill:var(--two);stroke:var(--card);stroke-width:2}.point{fill:var(--one)}" \
".whisker{stroke:var(--one);stroke-width:2}.threshold{stroke:var(--two);stroke-width:2;stroke-dasharray:6 3}" \
".positive{fill:var(--two)}.negative{fill:var(--one)}" \
"details{margin:8px 0}summary{cursor:pointer;color:var(--one);padding:4px 0}" \
".better{color:var(--good);font-weight:600}.worse{color:var(--bad);font-weight:600}" \
".mistake{border-left:3px solid var(--rule);padding:4px 0 4px 12px;margin:12px 0}" \
".mistake bdi{display:block;white-space:pre-wrap;overflow-wrap:anywhere}" \
".note{color:var(--soft);font-size:.9rem}" \
"@media(max-width:600px){th,td{padding:6px 8px}.card{padding:12px}}" \
"@media print{body{background:#fff}.scroll{overflow:visible}}"
/* clang-format on */

#endif
