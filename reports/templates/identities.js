// The identities: who owns each, what it can do, how far it gets, and what is wrong with it.

const TIERS = { t0: 'T0 administrator', t1: 'T1 writes', t2: 'T2 reads', t3: 'T3 minor', unknown: 'not evaluated' };
const bestOwner = (identity) => identity.ownership && identity.ownership.candidates[0];
const band = (identity) => (identity.ownership ? identity.ownership.band : 'not read');
const ownerless = (identity) => ['unowned', 'orphaned'].includes(band(identity));
const worst = (identity) => Math.max(0, ...(identity.findings || []).map((id) => findings.get(id)).filter(Boolean)
  .map((finding) => level(finding.severity)));

function bandTag(identity) {
  const bad = ownerless(identity) ? ' bad' : ['conflict', 'not read'].includes(band(identity)) ? ' warn' : '';
  return el('span', `tag${bad}`, words(band(identity)));
}

function owners(identity) {
  if (!identity.ownership) return [el('p', '', 'The sources of ownership were not read, so nobody can say.')];
  if (!identity.ownership.candidates.length) return [el('p', '', 'Nobody is on record.')];
  return [el('ul', '', identity.ownership.candidates.map((candidate) => el('li', '',
    candidate.name, ' ', candidate.status === 'inactive' ? el('span', 'tag bad', 'has left') : null,
    el('span', 'muted', ` ${candidate.score.toFixed(2)}`), meter(candidate.score),
    candidate.signals.map((signal) => el('span', 'source', `${signal.what} (${words(signal.class)}, ${signal.score.toFixed(2)})`)))))];
}

function credentialTable(identity) {
  const list = (identity.credentials || []).map((id) => credentials.get(id)).filter(Boolean);
  if (!list.length) return null;
  const head = ['Credential', 'State', 'Age', 'Last used'].map((title) => el('th', '', title));
  return el('table', 'inner', el('thead', '', el('tr', '', head)), el('tbody', '', list.map((credential) => {
    const since = credential.rotated || credential.created;
    return el('tr', '',
      el('td', '', el('span', 'mono', credential.name), el('span', 'source', words(credential.kind))),
      el('td', '', credential.state, ' ', credential.leaked ? el('span', 'tag bad', 'leaked') : null),
      el('td', '', since ? counted(days(since), 'day', 'days') : 'not known'),
      el('td', '', lastUsed(credential.last_used)));
  })));
}

function reachPath(identity) {
  const reach = identity.reach;
  const far = reach.identities ? `Can act as ${counted(reach.identities, 'other identity', 'other identities')} in ${counted(reach.scopes, 'scope', 'scopes')}.`
    : 'Can act as no other identity that was seen.';
  if (!reach.path) return [el('p', '', far)];
  const nodes = [el('li', '', nameOf(reach.path[0].from))];
  for (const step of reach.path)
    nodes.push(el('li', '', el('span', 'edge', words(step.kind)), identities.has(step.to) ? toIdentity(step.to) : nameOf(step.to)));
  return [el('p', '', far), el('ol', 'path', nodes)];
}

function identityFindings(identity) {
  return (identity.findings || []).map((id) => findings.get(id)).filter(Boolean)
    .sort((one, other) => level(other.severity) - level(one.severity))
    .map((finding) => el('li', '', el('span', `sev sev-${finding.severity}`, finding.severity), ' ',
      button('link', finding.title, () => { location.hash = `finding=${finding.id}`; })));
}

function identityPanel(identity) {
  const faults = identityFindings(identity);
  const tags = Object.entries(identity.tags || {});
  const main = el('div', '',
    part('Whose is it?', owners(identity)),
    part('Credentials', credentialTable(identity)),
    part('Reach', reachPath(identity)),
    part('Findings', faults.length ? el('ul', '', faults) : null));
  const side = el('div', '',
    part('About', pairs([
      ['Purpose', identity.lifecycle.purpose || 'not declared'],
      ['Expiry', identity.lifecycle.expiry ? day(identity.lifecycle.expiry) : 'not declared'],
      ['Environment', identity.lifecycle.environment && words(identity.lifecycle.environment)],
      ['Scope', identity.scope && nameOf(identity.scope)],
      ['State', identity.state],
      ['Created', identity.created && day(identity.created)],
      ['Last used', [lastUsed(identity.last_used), identity.last_used && identity.last_used.what ? `, ${identity.last_used.what}` : '']],
      ['Class', [words(identity.class.class), el('span', 'source', identity.class.reasons.join('; '))]],
      ['Address', identity.address && el('span', 'mono', identity.address)],
      ['Native id', identity.native_id && el('span', 'mono', identity.native_id)],
      ['Description', identity.description],
    ])),
    part('Privilege', el('p', 'small', TIERS[identity.privilege.tier]),
      identity.privilege.basis.map((basis) => el('p', 'source', basis.what))),
    part('Grants', identity.grants && el('p', 'small', identity.grants.map(nameOf).join(', '))),
    part('Tags', tags.length ? pairs(tags) : null));
  return el('div', 'panel', main, side);
}

const bands = [...new Set(report.identities.map(band))].sort().map((value) => [value, `Owner: ${words(value)}`]);
const tiers = Object.keys(TIERS).filter((tier) => report.identities.some((identity) => identity.privilege.tier === tier))
  .map((tier) => [tier, TIERS[tier]]);
const classes = [['machine', 'Not human'], ['human', 'Human']];
const identityList = new List({
  root: document.getElementById('identities-list'),
  items: report.identities,
  noun: ['identity', 'identities'],
  first: 5,
  filters: [
    choice('Any class', classes, (identity, value) => (identity.class.class === 'human') === (value === 'human')),
    choice('Any owner', bands, (identity, value) => band(identity) === value),
    choice('Any privilege', tiers, (identity, value) => identity.privilege.tier === value),
  ],
  text: (identity) => [identity.name, identity.type, identity.address || '', identity.native_id || '',
    identity.lifecycle.purpose || '', identity.scope ? nameOf(identity.scope) : '',
    ...(identity.ownership ? identity.ownership.candidates.map((candidate) => candidate.name) : []),
    ...(identity.credentials || []).map(nameOf), ...Object.values(identity.tags || {})],
  columns: [
    { title: 'Identity', className: 'c-title', sort: (identity) => identity.name.toLowerCase(),
      cell: (identity, opener) => { opener.append(shown(identity.name)); return [opener, el('span', 'under', identity.type, identity.scope && ` in ${nameOf(identity.scope)}`)]; } },
    { title: 'Owner', className: 'c-owner', sort: (identity) => `${band(identity)} ${bestOwner(identity) ? bestOwner(identity).name : ''}`,
      cell: (identity) => [bestOwner(identity) ? [bestOwner(identity).name, ' '] : [], bandTag(identity)].flat() },
    { title: 'Privilege', className: 'c-tier', sort: (identity) => identity.privilege.tier, cell: (identity) => TIERS[identity.privilege.tier] },
    { title: 'Last used', className: 'c-used', sort: (identity) => lastUsed(identity.last_used), cell: (identity) => lastUsed(identity.last_used) },
    { title: 'Credentials', className: 'c-keys count', downFirst: true, sort: (identity) => (identity.credentials || []).length,
      cell: (identity) => number((identity.credentials || []).length) },
    { title: 'Findings', className: 'c-faults', downFirst: true, sort: (identity) => worst(identity) * 1e6 + (identity.findings || []).length,
      cell: (identity) => { const at = worst(identity); return at ? el('span', `sev sev-${LEVELS[LEVELS.length - at]}`, number(identity.findings.length)) : el('span', 'muted', 'none'); } },
  ],
  panel: identityPanel,
});
