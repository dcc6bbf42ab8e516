// A list that can be filtered and sorted, whose rows open; only what is asked for is drawn.

const STEP = 100;

class List {
  /** `kind`: { root, items, noun: [one, many], columns: [{ title, className, sort, cell }], first, text, filters, panel };
      `first` is the column by which the list is sorted at first, when its items are not in order already. */
  constructor(kind) {
    Object.assign(this, kind);
    this.drawn = STEP;
    this.order = this.first ? { column: this.columns[this.first], up: false } : null;
    this.rows = new Map();
    this.texts = new Map();
    this.body = el('tbody');
    this.head = el('tr');
    for (const column of this.columns) this.head.append(this.heading(column));
    const table = el('table', 'rows', el('thead', '', this.head), this.body);
    table.setAttribute('aria-labelledby', this.root.parentElement.getAttribute('aria-labelledby'));
    this.status = el('p', 'status');
    this.status.setAttribute('role', 'status');
    this.more = el('div', 'more');
    this.search = el('input');
    this.search.type = 'search';
    this.search.placeholder = `Search ${this.noun[1]}`;
    this.search.setAttribute('aria-label', this.search.placeholder);
    this.search.addEventListener('input', () => this.refresh());
    const filters = el('div', 'filters', ...this.filters.map((filter) => filter.element), this.search);
    filters.hidden = !this.items.length;
    this.root.append(filters, this.status, table, this.more);
    for (const filter of this.filters) filter.changed = () => this.refresh();
    this.refresh();
  }

  heading(column) {
    const sorter = button('', column.title, () => {
      const up = this.order && this.order.column === column ? !this.order.up : !column.downFirst;
      this.order = { column, up };
      for (const cell of this.head.children) cell.removeAttribute('aria-sort');
      cell.setAttribute('aria-sort', up ? 'ascending' : 'descending');
      this.refresh();
    });
    const cell = el('th', column.className, sorter);
    cell.scope = 'col';
    if (this.order && this.order.column === column) cell.setAttribute('aria-sort', 'descending');
    return cell;
  }

  textOf(item) {
    if (!this.texts.has(item.id)) this.texts.set(item.id, this.text(item).join('\n').toLowerCase());
    return this.texts.get(item.id);
  }

  refresh() {
    const sought = this.search.value.trim().toLowerCase();
    this.found = this.items.filter((item) =>
      this.filters.every((filter) => filter.keeps(item)) && (!sought || this.textOf(item).includes(sought)));
    if (this.order) {
      const { column, up } = this.order;
      const compare = (one, other) => (one < other ? -1 : one > other ? 1 : 0);
      const keys = new Map(this.found.map((item) => [item, column.sort(item)]));
      this.found.sort((one, other) => (up ? 1 : -1) * compare(keys.get(one), keys.get(other)));
    }
    this.drawn = STEP;
    this.draw();
  }

  draw() {
    const rows = [];
    for (const item of this.found.slice(0, this.drawn)) {
      const row = this.rowOf(item);
      rows.push(row);
      if (row.panel) rows.push(row.panel);
    }
    this.body.replaceChildren(...rows);
    const narrowed = this.found.length < this.items.length;
    this.status.replaceChildren(!this.items.length ? `No ${this.noun[1]}.`
      : narrowed ? `${number(this.found.length)} of ${counted(this.items.length, ...this.noun)}`
      : counted(this.items.length, ...this.noun));
    if (narrowed) this.status.append(button('', 'Clear filters', () => this.clear()));
    const left = this.found.length - this.drawn;
    this.more.replaceChildren();
    this.more.hidden = left <= 0;
    if (left > 0) {
      this.more.append(button('', `Show ${number(Math.min(left, STEP))} more`, () => this.grow(STEP)));
      if (left > STEP) this.more.append(button('', `Show all ${number(this.found.length)}`, () => this.grow(left)));
    }
    this.body.parentElement.hidden = !this.found.length;
  }

  grow(by) {
    this.drawn += by;
    this.draw();
  }

  clear() {
    this.search.value = '';
    for (const filter of this.filters) filter.clear();
    this.refresh();
  }

  rowOf(item) {
    if (this.rows.has(item.id)) return this.rows.get(item.id);
    const row = el('tr', 'row');
    row.opener = button('opener', '', null);
    row.opener.setAttribute('aria-expanded', 'false');
    for (const column of this.columns) row.append(el('td', column.className, column.cell(item, row.opener)));
    row.addEventListener('click', (event) => {
      if (String(getSelection()) || event.target.closest('a')) return;
      this.open(item, row.panel === undefined || row.panel === null);
    });
    this.rows.set(item.id, row);
    return row;
  }

  open(item, open) {
    const row = this.rowOf(item);
    if (open === Boolean(row.panel)) return;
    row.classList.toggle('open', open);
    row.opener.setAttribute('aria-expanded', String(open));
    if (!open) {
      row.panel.remove();
      row.panel = null;
      return;
    }
    const cell = el('td', '', this.panel(item));
    cell.colSpan = this.columns.length;
    row.panel = el('tr', 'detail', cell);
    if (row.isConnected) row.after(row.panel);
  }

  /** Shows one item whatever the filters say, opens it and brings it into view. */
  reveal(id) {
    const item = this.items.find((candidate) => candidate.id === id);
    if (!item) return false;
    if (!this.found.includes(item)) this.clear();
    this.drawn = Math.max(this.drawn, this.found.indexOf(item) + 1);
    this.open(item, true);
    this.draw();
    const row = this.rowOf(item);
    row.opener.focus({ preventScroll: true });
    row.scrollIntoView({ block: 'start' });
    return true;
  }

  /** For paper: draws all that the filters leave, and opens what matters. */
  spread(matters) {
    this.kept = { drawn: this.drawn, opened: [] };
    this.drawn = this.found.length;
    for (const item of this.found.filter(matters).slice(0, 200)) {
      if (this.rowOf(item).panel) continue;
      this.open(item, true);
      this.kept.opened.push(item);
    }
    this.draw();
  }

  fold() {
    if (!this.kept) return;
    this.drawn = this.kept.drawn;
    for (const item of this.kept.opened) this.open(item, false);
    this.kept = null;
    this.draw();
  }
}

/** A filter by one of several values. */
function choice(label, values, keep) {
  const element = el('select');
  element.setAttribute('aria-label', label);
  element.append(new Option(label, ''));
  for (const [value, text] of values) element.append(new Option(shown(text), value));
  const filter = {
    element,
    changed: null,
    keeps: (item) => !element.value || keep(item, element.value),
    clear: () => { element.value = ''; },
  };
  element.addEventListener('change', () => filter.changed());
  return filter;
}
