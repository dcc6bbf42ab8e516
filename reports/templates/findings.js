// The findings: filters by severity and rule, and the panel with evidence, places, sum and fix.

const PLACES = 25;

/** Toggles for severities; none pressed means all. */
function severityFilter() {
  const chosen = new Set();
  const element = el('fieldset', 'chips');
  element.setAttribute('aria-label', 'Severity');
  const chips = new Map();
  const filter = {
    element,
    changed: null,
    keeps: (finding) => !chosen.size || chosen.has(finding.severity),
    clear: () => filter.choose([]),
    choose: (severities) => {
      chosen.clear();
      severities.forEach((severity) => chosen.add(severity));
      for (const [severity, chip] of chips) chip.setAttribute('aria-pressed', String(chosen.has(severity)));
    },
  };
  for (const severity of LEVELS) {
    const many = report.findings.filter((finding) => finding.severity === severity).length;
    if (!many) continue;
    const chip = button(`chip sev-${severity}`, severity, () => {
      const next = new Set(chosen);
      if (!next.delete(severity)) next.add(severity);
      filter.choose(next);
      filter.changed();
    });
    chip.append(el('span', '', number(many)));
    chip.setAttribute('aria-pressed', 'false');
    chips.set(severity, chip);
    element.append(chip);
  }
  return filter;
}

function rulesOf(list) {
  const rules = new Map();
  for (const finding of list) rules.set(finding.rule, (rules.get(finding.rule) || 0) + 1);
  return [...rules].sort().map(([rule, many]) => [rule, `${rule} (${number(many)})`]);
}

function severitySum(finding) {
  const body = el('tbody');
  for (const reason of finding.severity_reasons) {
    const delta = reason.factor === 'cap' || reason.factor === 'floor' ? '' : reason.factor === 'base' ? reason.delta
      : reason.delta > 0 ? `+${reason.delta}` : reason.delta < 0 ? `−${-reason.delta}` : '0';
    body.append(el('tr', '', el('td', '', reason.factor), el('td', '', delta), el('td', '', reason.why)));
  }
  const total = el('span', `sev sev-${finding.severity}`, finding.severity);
  body.append(el('tr', '', el('td', '', 'severity'), el('td', '', String(level(finding.severity))), el('td', '', total)));
  return el('table', 'sum', body);
}

/** A link that leads out; anything but a web address stays text. */
function outward(reference) {
  if (!/^https?:\/\//i.test(reference.url) || !faithful(reference.url))
    return el('li', 'small', `${reference.title} ${reference.url}`);
  const link = el('a', '', reference.title);
  link.href = reference.url;
  link.rel = 'noopener noreferrer';
  return el('li', 'small', link);
}

function toIdentity(id) {
  if (!identities.has(id)) return nameOf(id);
  return button('link', nameOf(id), () => { location.hash = `identity=${encodeURIComponent(id)}`; });
}

/** The leaked values that a finding speaks of, as far as they may be shown. */
function leaks(finding) {
  const credential = credentials.get(finding.subject);
  const ids = secrets.has(finding.subject) ? [finding.subject] : (credential && credential.leaked) || [];
  return ids.map((id) => secrets.get(id)).filter(Boolean).map((secret) => pairs([
    ['What', secret.title],
    ['Masked', el('span', 'mono', secret.hint)],
    ['Holds', secret.has_secret_half ? 'the secret itself' : 'an id alone'],
    ['Detector', el('span', 'mono', secret.detector)],
    ['Confidence', secret.confidence],
    ...secret.reveals.map((reveal) => [words(reveal.what), reveal.value]),
  ]));
}

function findingPanel(finding) {
  const evidence = (finding.evidence || []).map((item) => el('li', '', item.what,
    el('span', 'source', item.source, item.at && `, ${day(item.at)}`)));
  const steps = (finding.fix || []).map((fix) => el('li', '', prose(fix.what), fix.command ? command(fix.command) : null));
  const identity = finding.identity || (identities.has(finding.subject) ? finding.subject : null);
  const permalink = el('a', 'mono', finding.id);
  permalink.href = `#finding=${finding.id}`;
  const main = el('div', '',
    part('Evidence', evidence.length ? el('ul', '', evidence) : null),
    part('Where it stands', finding.places ? el('ul', '', finding.places.slice(0, PLACES).map(place)) : null,
      finding.places && finding.places.length > PLACES
        && el('p', 'source', `and ${counted(finding.places.length - PLACES, 'more place', 'more places')}, in the JSON report`)),
    part('Fix', steps.length ? el('ol', 'steps', steps) : null));
  const side = el('div', '',
    part('About', pairs([
      ['Identity', identity && toIdentity(identity)],
      ['Owner', finding.owner || 'not known'],
      ['Reach', finding.reach],
      ['Scope', finding.scope && nameOf(finding.scope)],
      ['Subject', el('span', 'mono', finding.subject)],
      ['Rule', el('span', 'mono', finding.rule)],
      ['Confidence', finding.confidence < 1 ? finding.confidence.toFixed(2) : null],
      ['Finding', permalink],
    ])),
    part('Leaked value', leaks(finding)),
    part('Why this severity', severitySum(finding)),
    part('Evidence for', finding.maps_to && el('p', 'small',
      finding.maps_to.map((control) => `${control.framework} ${control.control}`).join(', '))),
    part('To read', finding.references && el('ul', '', finding.references.map(outward))));
  return el('div', `panel sev-${finding.severity}`, main, side);
}

const bySeverity = severityFilter();
const findingList = new List({
  root: document.getElementById('findings-list'),
  items: report.findings,
  noun: ['finding', 'findings'],
  filters: [bySeverity, choice('Any rule', rulesOf(report.findings), (finding, rule) => finding.rule === rule)],
  text: (finding) => [finding.title, finding.subject_name, finding.owner || '', finding.reach || '', finding.rule,
    finding.id, finding.scope ? nameOf(finding.scope) : '', finding.identity ? nameOf(finding.identity) : '',
    ...(finding.places || []).map((where) => `${where.repository || ''} ${where.path} ${where.author || ''}`)],
  columns: [
    { title: 'Severity', className: 'c-severity', downFirst: true, sort: (finding) => level(finding.severity),
      cell: (finding) => el('span', `sev sev-${finding.severity}`, finding.severity) },
    { title: 'Finding', className: 'c-title', sort: (finding) => finding.title.toLowerCase(),
      cell: (finding, opener) => { opener.append(shown(finding.title)); return opener; } },
    { title: 'Owner', className: 'c-owner', sort: (finding) => (finding.owner || '').toLowerCase(),
      cell: (finding) => finding.owner || el('span', 'muted', 'not known') },
    { title: 'Scope', className: 'c-scope', sort: (finding) => (finding.scope ? nameOf(finding.scope).toLowerCase() : ''),
      cell: (finding) => (finding.scope ? nameOf(finding.scope) : '') },
    { title: 'Rule', className: 'c-rule', sort: (finding) => finding.rule,
      cell: (finding) => el('span', 'muted', finding.rule) },
  ],
  panel: findingPanel,
});
