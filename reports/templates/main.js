// What the whole page does: addresses, theme, print.

function follow() {
  const [, kind, id] = location.hash.match(/^#(finding|identity)=(.*)$/) || [];
  if (!kind) return;
  let decoded = id;
  try { decoded = decodeURIComponent(id); } catch { return; }
  (kind === 'finding' ? findingList : identityList).reveal(decoded);
}
addEventListener('hashchange', follow);
follow();

for (const link of document.querySelectorAll('[data-severity]'))
  link.addEventListener('click', () => {
    findingList.clear();
    bySeverity.choose([link.dataset.severity]);
    findingList.refresh();
  });

for (const remedy of document.querySelectorAll('.remedy')) remedy.replaceChildren(...prose(remedy.textContent));

const theme = document.getElementById('theme');
const dark = () => (document.documentElement.dataset.theme
  || (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark';
const label = () => { theme.textContent = dark() ? 'Light' : 'Dark'; };
theme.addEventListener('click', () => {
  document.documentElement.dataset.theme = dark() ? 'light' : 'dark';
  label();
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', label);
label();
theme.hidden = false;

const printer = document.getElementById('print');
printer.addEventListener('click', () => print());
printer.hidden = false;
addEventListener('beforeprint', () => {
  findingList.spread((finding) => level(finding.severity) >= level('high'));
  identityList.spread(() => false);
});
addEventListener('afterprint', () => {
  findingList.fold();
  identityList.fold();
});
