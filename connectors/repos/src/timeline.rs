//! From blobs to places: which commit brought a secret to a path, which took it away, and whether HEAD still has it.

use crate::gaps::{Gaps, Missed};
use crate::holdings::Holdings;
use crate::objects::{Commit, Objects};
use crate::read::Finds;
use crate::search::Hit;
use crate::{references, staged};
use gix::ObjectId;
use gix::bstr::ByteSlice;
use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap, HashSet};
use std::sync::Arc;
use whose_model::Place;

/// One secret at one path, by number.
type Standing = (u32, u32);
/// What one commit's tree holds, sorted. Equal sets are one allocation.
type State = Arc<[Standing]>;

/// Follows the history, and adds the places of all that was found in it.
pub(crate) fn follow(
    repo: &gix::Repository,
    objects: &Objects,
    holdings: &mut Holdings,
    finds: &mut Finds,
    gaps: &mut Gaps,
) {
    for hit in objects.hits.values().flatten() {
        finds.secret(&hit.detection);
    }
    let tips = tips(repo, objects, gaps);
    let head = references::head(repo).filter(|id| objects.commits.contains_key(id));
    let of_refs = ancestors(&tips, objects);
    let of_head = ancestors(head.as_slice(), objects);
    let order = order(objects, &of_refs);
    let mut walk = Walk::new(objects, holdings);
    for id in &order {
        walk.step(*id, &of_refs, &of_head);
    }
    let at_head = head.and_then(|id| walk.states.get(&id).cloned()).unwrap_or_default();
    let at_tips: HashSet<Standing> =
        tips.iter().filter_map(|id| walk.states.get(id)).flat_map(|state| state.iter().copied()).collect();
    walk.write(&at_head, &at_tips, finds);
    messages(objects, &of_head, finds);
    nameless(repo, objects, &walk.named, finds);
}

/// One path's story with one secret.
struct Story {
    first: ObjectId,
    /// The last removal, and whether it lies in the history of HEAD.
    removed: Option<(ObjectId, bool)>,
}

struct Walk<'o> {
    objects: &'o Objects,
    holdings: &'o mut Holdings,
    paths: Numbers,
    secrets: Numbers,
    by_tree: HashMap<ObjectId, State>,
    distinct: HashSet<State>,
    states: HashMap<ObjectId, State>,
    stories: BTreeMap<Standing, Story>,
    /// The blobs that some commit names.
    named: HashSet<ObjectId>,
    /// Where the secret half stood in some commit.
    halves: HashSet<Standing>,
}

impl<'o> Walk<'o> {
    fn new(objects: &'o Objects, holdings: &'o mut Holdings) -> Self {
        Self {
            objects,
            holdings,
            paths: Numbers::default(),
            secrets: Numbers::default(),
            by_tree: HashMap::new(),
            distinct: HashSet::new(),
            states: HashMap::new(),
            stories: BTreeMap::new(),
            named: HashSet::new(),
            halves: HashSet::new(),
        }
    }

    /// One commit, whose parents have been here before.
    fn step(&mut self, id: ObjectId, of_refs: &HashSet<ObjectId>, of_head: &HashSet<ObjectId>) {
        let Some(commit) = self.objects.commits.get(&id) else { return };
        let state = self.state(commit.tree);
        let parents: Vec<State> = commit.parents.iter().filter_map(|parent| self.states.get(parent)).cloned().collect();
        self.states.insert(id, state.clone());
        let holds = |state: &State, standing: &Standing| state.binary_search(standing).is_ok();
        if parents.iter().any(|parent| Arc::ptr_eq(parent, &state)) && parents.len() == 1 {
            return;
        }
        for standing in state.iter().filter(|standing| !parents.iter().any(|parent| holds(parent, standing))) {
            self.stories.entry(*standing).or_insert(Story { first: id, removed: None });
        }
        // A merge removes what all its parents had; what only one had was removed on another line before.
        let Some((one, others)) = parents.split_first() else { return };
        let gone = one
            .iter()
            .filter(|standing| !holds(&state, standing) && others.iter().all(|parent| holds(parent, standing)));
        if !of_refs.contains(&id) {
            return;
        }
        for standing in gone {
            if let Some(story) = self.stories.get_mut(standing) {
                let on_head = of_head.contains(&id);
                if on_head || story.removed.is_none_or(|(_, on_head)| !on_head) {
                    story.removed = Some((id, on_head));
                }
            }
        }
    }

    fn state(&mut self, tree: ObjectId) -> State {
        if let Some(state) = self.by_tree.get(&tree) {
            return state.clone();
        }
        let held = self.holdings.of(tree);
        let mut standings = Vec::new();
        for (path, blob) in held.iter() {
            self.named.insert(*blob);
            let path = path.to_str_lossy();
            for hit in &self.objects.hits[blob] {
                let standing = self.standing(&path, hit);
                standings.push(standing);
                if hit.detection.detail.has_secret_half {
                    self.halves.insert(standing);
                }
            }
        }
        standings.sort_unstable();
        standings.dedup();
        let state: State = standings.into();
        let state = self.distinct.get(&state).cloned().unwrap_or_else(|| {
            self.distinct.insert(state.clone());
            state
        });
        self.by_tree.insert(tree, state.clone());
        state
    }

    fn standing(&mut self, path: &str, hit: &Hit) -> Standing {
        let path =
            if hit.member.is_empty() { Cow::Borrowed(path) } else { Cow::Owned(format!("{path}{}", hit.member)) };
        (self.paths.of(&path), self.secrets.of(&hit.detection.fingerprint))
    }

    fn write(&mut self, at_head: &[Standing], at_tips: &HashSet<Standing>, finds: &mut Finds) {
        let mut by_first: BTreeMap<ObjectId, Vec<(Standing, Story)>> = BTreeMap::new();
        for (standing, story) in std::mem::take(&mut self.stories) {
            by_first.entry(story.first).or_default().push((standing, story));
        }
        for (first, stories) in by_first {
            let Some(commit) = self.objects.commits.get(&first) else { continue };
            let lines = self.lines(commit.tree);
            for (standing, story) in stories {
                let is_at_head = at_head.binary_search(&standing).is_ok();
                // Taken away from another branch alone, and still on a branch, it is not gone.
                let is_gone = |on_head| !is_at_head && (on_head || !at_tips.contains(&standing));
                let removed = story.removed.filter(|(_, on_head)| is_gone(*on_head)).map(|(id, _)| id);
                let (path, fingerprint) = (self.paths.text(standing.0), self.secrets.text(standing.1));
                let place = Place {
                    path: path.to_owned(),
                    line: lines.get(&standing).copied(),
                    removed_in: removed.map(|id| id.to_string()),
                    removed_at: removed.and_then(|id| self.objects.commits.get(&id)?.author.at),
                    at_head: is_at_head,
                    secret_half: self.halves.contains(&standing),
                    ..at(first, commit)
                };
                finds.places.insert((path.to_owned(), fingerprint.to_owned()), place);
            }
        }
    }

    /// The first line of each secret at each path of a tree.
    fn lines(&mut self, tree: ObjectId) -> HashMap<Standing, u32> {
        let mut lines = HashMap::new();
        for (path, blob) in self.holdings.of(tree).iter() {
            let path = path.to_str_lossy();
            for hit in &self.objects.hits[blob] {
                let line = lines.entry(self.standing(&path, hit)).or_insert(hit.detection.line);
                *line = hit.detection.line.min(*line);
            }
        }
        lines
    }
}

/// A place in a commit, without its path.
fn at(id: ObjectId, commit: &Commit) -> Place {
    Place { commit: Some(id.to_string()), author: commit.author.by.clone(), date: commit.author.at, ..Place::default() }
}

fn messages(objects: &Objects, of_head: &HashSet<ObjectId>, finds: &mut Finds) {
    for message in &objects.messages {
        let path =
            message.tag.as_ref().map_or_else(|| "(commit message)".into(), |tag| format!("(message of tag {tag})"));
        let mut seen = HashSet::new();
        for detection in &message.found {
            let fingerprint = finds.secret(detection);
            if !seen.insert(fingerprint.clone()) {
                continue;
            }
            let place = Place {
                path: path.clone(),
                line: Some(detection.line),
                commit: Some(message.id.to_string()),
                author: message.author.by.clone(),
                date: message.author.at,
                at_head: of_head.contains(&message.id),
                secret_half: detection.detail.has_secret_half,
                ..Place::default()
            };
            finds.elsewhere.push((fingerprint, place));
        }
    }
}

/// Blobs that no commit names: staged ones have a path in the index, the others have none.
fn nameless(repo: &gix::Repository, objects: &Objects, named: &HashSet<ObjectId>, finds: &mut Finds) {
    let staged = staged::paths(repo, |id| objects.hits.contains_key(id) && !named.contains(id));
    let mut blobs: Vec<_> = objects.hits.iter().filter(|(id, _)| !named.contains(*id)).collect();
    blobs.sort_by_key(|(id, _)| **id);
    for (id, found) in blobs {
        let mut seen = HashSet::new();
        for hit in found.iter().filter(|hit| seen.insert((&hit.member, &hit.detection.fingerprint))) {
            let detection = &hit.detection;
            let fingerprint = detection.fingerprint.clone();
            let (line, secret_half) = (Some(detection.line), detection.detail.has_secret_half);
            match staged.get(id) {
                Some(path) => {
                    let path = format!("{path}{}", hit.member);
                    let place = Place { path: path.clone(), line, at_head: true, secret_half, ..Place::default() };
                    finds.places.entry((path, fingerprint)).or_insert(place);
                }
                None => {
                    let path = format!("(unreachable object {id}){}", hit.member);
                    finds.elsewhere.push((fingerprint, Place { path, line, secret_half, ..Place::default() }));
                }
            }
        }
    }
}

/// The commits that references and HEAD lead to, through tags.
fn tips(repo: &gix::Repository, objects: &Objects, gaps: &mut Gaps) -> Vec<ObjectId> {
    let mut tips = Vec::new();
    match repo.references() {
        Ok(references) => match references.all() {
            Ok(all) => {
                for reference in all {
                    match reference {
                        Ok(mut reference) => match references::follow(repo, &mut reference) {
                            Ok(id) => tips.push(id),
                            Err(error) => {
                                let name = reference.name().as_bstr().to_str_lossy().into_owned();
                                gaps.add(Missed::Reference, format!("{name} ({error})"));
                            }
                        },
                        Err(error) => gaps.add(Missed::Reference, error.to_string()),
                    }
                }
            }
            Err(error) => gaps.add(Missed::Reference, error.to_string()),
        },
        Err(error) => gaps.add(Missed::Reference, error.to_string()),
    }
    tips.extend(references::head(repo));
    tips.retain(|id| objects.commits.contains_key(id));
    tips.sort_unstable();
    tips.dedup();
    tips
}

fn ancestors(tips: &[ObjectId], objects: &Objects) -> HashSet<ObjectId> {
    let mut seen: HashSet<ObjectId> = tips.iter().copied().collect();
    let mut stack: Vec<ObjectId> = tips.to_vec();
    while let Some(commit) = stack.pop().and_then(|id| objects.commits.get(&id)) {
        for parent in &commit.parents {
            if objects.commits.contains_key(parent) && seen.insert(*parent) {
                stack.push(*parent);
            }
        }
    }
    seen
}

/// All commits, parents before children, by date where the history leaves it open; those that a reference leads to
/// come before the others, so that these only add what is nowhere else. Forged commits that are their own ancestors
/// come last.
fn order(objects: &Objects, of_refs: &HashSet<ObjectId>) -> Vec<ObjectId> {
    let mut waiting: HashMap<ObjectId, usize> = HashMap::new();
    let mut children: HashMap<ObjectId, Vec<ObjectId>> = HashMap::new();
    let mut ready = BinaryHeap::new();
    let rank = |id: ObjectId, commit: &Commit| Reverse((!of_refs.contains(&id), commit.time, id));
    for (id, commit) in &objects.commits {
        let known: HashSet<_> = commit.parents.iter().filter(|id| objects.commits.contains_key(*id)).collect();
        if known.is_empty() {
            ready.push(rank(*id, commit));
        }
        waiting.insert(*id, known.len());
        known.into_iter().for_each(|parent| children.entry(*parent).or_default().push(*id));
    }
    let mut order = Vec::with_capacity(objects.commits.len());
    while let Some(Reverse((_, _, id))) = ready.pop() {
        order.push(id);
        for child in children.remove(&id).unwrap_or_default() {
            let Some(left) = waiting.get_mut(&child) else { continue };
            *left -= 1;
            if *left == 0 {
                ready.push(rank(child, &objects.commits[&child]));
            }
        }
    }
    if order.len() < objects.commits.len() {
        let placed: HashSet<ObjectId> = order.iter().copied().collect();
        let mut rest: Vec<_> = objects.commits.iter().filter(|(id, _)| !placed.contains(*id)).collect();
        rest.sort_by_key(|(id, commit)| Reverse(rank(**id, commit)));
        order.extend(rest.into_iter().map(|(id, _)| *id));
    }
    order
}

/// Texts by number.
#[derive(Default)]
struct Numbers {
    numbers: HashMap<String, u32>,
    texts: Vec<String>,
}

impl Numbers {
    fn of(&mut self, text: &str) -> u32 {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let number = u32::try_from(self.texts.len()).expect("memory ends before four billion texts");
        self.texts.push(text.to_owned());
        self.numbers.insert(text.to_owned(), number);
        number
    }

    fn text(&self, number: u32) -> &str {
        &self.texts[number as usize]
    }
}
