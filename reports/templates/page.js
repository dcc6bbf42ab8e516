'use strict';
// The page's data and the one way in which text gets into it: as text nodes, with what cannot be seen made visible.

const parsed = (id) => JSON.parse(document.getElementById(id).textContent);
const report = parsed('report');
const unseen = new RegExp(
  '[' + parsed('unseen').map(([first, last]) => `\\u{${first.toString(16)}}-\\u{${last.toString(16)}}`).join('') + ']', 'gu');
const shown = (text) => String(text).replace(unseen,
  (character) => `⟨U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}⟩`);
const faithful = (text) => text.search(unseen) < 0;

/** An element with a class, attributes and children; strings become text nodes, nothing becomes markup. */
function el(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(shown(child)));
  }
  return element;
}

/** A sentence in which words between backticks are code. */
const prose = (text) => String(text).split('`').map((piece, index) => (index % 2 ? el('code', '', piece) : shown(piece)));

function button(className, text, onClick) {
  const element = el('button', className, text);
  element.type = 'button';
  if (onClick) element.addEventListener('click', onClick);
  return element;
}

const names = new Map();
for (const list of [report.others, report.owners, report.grants, report.credentials, report.identities])
  for (const view of list) names.set(view.id, view.name);
const credentials = new Map(report.credentials.map((view) => [view.id, view]));
const secrets = new Map(report.secrets.map((view) => [view.id, view]));
const findings = new Map(report.findings.map((finding) => [finding.id, finding]));
const identities = new Map(report.identities.map((view) => [view.id, view]));

function nameOf(id) {
  if (names.get(id)) return names.get(id);
  const last = id.slice(id.lastIndexOf(':') + 1);
  try { return decodeURIComponent(last); } catch { return last; }
}

const words = (term) => String(term).replaceAll('-', ' ');
const day = (moment) => moment.slice(0, 10);
const asOf = Date.parse(report.scan.as_of);
const days = (moment) => Math.floor((asOf - Date.parse(moment)) / 86400000);
const number = (value) => value.toLocaleString('en-US');
const counted = (value, one, many) => `${number(value)} ${value === 1 ? one : many}`;
const LEVELS = ['critical', 'high', 'medium', 'low', 'info'];
const level = (severity) => LEVELS.length - LEVELS.indexOf(severity);

function lastUsed(used) {
  if (!used || used.usage === 'not-collected') return 'not collected';
  if (used.usage === 'never') return used.horizon ? `not since ${day(used.horizon)}` : 'never';
  return day(used.usage.at);
}

function place(where) {
  const file = `${where.repository ? where.repository + ' ' : ''}${where.path}${where.line ? ':' + where.line : ''}`;
  const facts = [
    where.commit ? `commit ${where.commit.slice(0, 10)}` : 'not committed',
    where.author && `by ${where.author}`,
    where.date && `on ${day(where.date)}`,
    where.at_head ? null : where.removed_in ? `removed in ${where.removed_in.slice(0, 10)}` : 'only in the history',
  ].filter(Boolean).join(', ');
  return el('li', '', el('code', '', file), ' ', where.at_head && el('span', 'tag bad', 'still at HEAD'),
    el('span', 'source', facts));
}

/** A command with its copy button, or with a warning when it cannot be copied as it is shown. */
function command(text) {
  const code = el('code', '', text);
  if (!faithful(text))
    return [el('div', 'command', code),
      el('p', 'source warn', 'This names something with unseen characters: take the command from the JSON report.')];
  const copy = button('', 'Copy', async () => {
    let done = true;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      getSelection().selectAllChildren(code);
      done = document.execCommand('copy');
    }
    copy.textContent = done ? 'Copied' : 'Selected';
    setTimeout(() => { copy.textContent = 'Copy'; }, 1600);
  });
  copy.setAttribute('aria-label', `Copy the command ${shown(text)}`);
  return [el('div', 'command', code, copy)];
}

/** A part of one as a small bar. */
function meter(part) {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  svg.setAttribute('class', 'meter');
  svg.setAttribute('viewBox', '0 0 100 10');
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('aria-hidden', 'true');
  for (const [name, width] of [['track', 100], ['fill', Math.round(part * 100)]]) {
    const rect = document.createElementNS(space, 'rect');
    rect.setAttribute('class', name);
    rect.setAttribute('width', width);
    rect.setAttribute('height', 10);
    svg.append(rect);
  }
  return svg;
}

/** Terms with their meanings; those without one are left out. */
function pairs(entries) {
  const list = el('dl', 'pairs');
  for (const [term, meaning] of entries)
    if (meaning !== null && meaning !== undefined && meaning !== '' && meaning !== false)
      list.append(el('dt', '', term), el('dd', '', meaning));
  return list;
}

/** A titled part of a panel; none when it has nothing to show. */
function part(title, ...content) {
  const children = content.flat().filter(Boolean);
  return children.length ? [el('h4', '', title), ...children] : [];
}
