//! From blobs to places: which commit brought a secret to a path, which took it away, and whether HEAD still has it.

use super::changes::{Change, Comparison};
use super::commits::{Commit, Message, Signed, author};
use super::forest::Forest;
use super::ids::{ABSENT, Ids, Marks};
use super::names::{Names, Paths};
use super::spots::{Secrets, Spot};
use crate::gaps::{Gaps, Missed};
use crate::read::Finds;
use crate::{references, staged};
use gix::ObjectId;
use gix::bstr::ByteSlice;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap, HashSet};
use whose_model::Place;

/// All that was read of a history.
pub(crate) struct History {
    pub(crate) ids: Ids,
    /// Commits, with their parents by place in this list.
    pub(crate) commits: Vec<Commit>,
    pub(crate) messages: Vec<Message>,
    pub(crate) secrets: Secrets,
    /// The blobs in which something was found.
    pub(crate) blobs: HashMap<u32, Box<[Spot]>>,
    /// The same blobs.
    pub(crate) held: Marks,
    pub(crate) forest: Forest,
    pub(crate) names: Names,
}

/// One secret in one member of what is at one path, by number.
type Standing = (u32, u32, u32);

/// One path's story with one secret.
struct Story {
    /// The commit that brought it, by place.
    first: usize,
    line: u32,
    /// The last removal, and whether it lies in the history of HEAD.
    removed: Option<(usize, bool)>,
    /// The secret half stood there too in some commit.
    has_half: bool,
}

/// Follows the history, and adds the places of all that was found in it.
pub(crate) fn follow(repo: &gix::Repository, history: History, finds: &mut Finds, gaps: &mut Gaps) {
    let places: HashMap<u32, usize> =
        history.commits.iter().enumerate().map(|(place, commit)| (commit.object, place)).collect();
    let place_of = |id: &ObjectId| history.ids.find(id).and_then(|object| places.get(&object).copied());
    let head = references::head(repo).and_then(|id| place_of(&id));
    let mut tips: Vec<usize> = tips(repo, gaps).iter().filter_map(place_of).chain(head).collect();
    tips.sort_unstable();
    tips.dedup();
    let of_head = ancestors(head.as_slice(), &history.commits);
    if !history.blobs.is_empty() {
        let of_refs = ancestors(&tips, &history.commits);
        let comparison = Comparison {
            forest: &history.forest,
            held: &history.held,
            names: &history.names,
            paths: Paths::default(),
            is_truncated: false,
        };
        let mut walk = Walk { history: &history, comparison, stories: BTreeMap::new(), named: HashSet::new() };
        let order = order(&history, &of_refs);
        let mut been = vec![false; history.commits.len()];
        for place in order {
            walk.step(place, &been, &of_refs, &of_head);
            been[place] = true;
        }
        let at_head = walk.standings(head.as_slice());
        let at_tips = walk.standings(&tips);
        walk.write(repo, &at_head, &at_tips, finds);
        nameless(repo, &history, &walk.named, finds);
        if walk.comparison.is_truncated {
            gaps.add(Missed::TooManyPlaces, "one commit has a secret at more paths than are kept");
        }
    }
    for message in &history.messages {
        let is_at_head = places.get(&message.object).is_some_and(|place| of_head[*place]);
        tell(message, is_at_head, &history, finds);
    }
    for (fingerprint, detail) in history.secrets.into_known() {
        finds.secret(fingerprint, detail);
    }
}

struct Walk<'h> {
    history: &'h History,
    comparison: Comparison<'h>,
    stories: BTreeMap<Standing, Story>,
    /// The blobs that some commit names.
    named: HashSet<u32>,
}

impl Walk<'_> {
    /// One commit, whose parents have been here before.
    fn step(&mut self, place: usize, been: &[bool], of_refs: &[bool], of_head: &[bool]) {
        let commit = &self.history.commits[place];
        let tree = |place: u32| self.history.commits[place as usize].tree;
        let parents: Vec<u32> =
            commit.parents.iter().filter(|parent| been[**parent as usize]).map(|p| tree(*p)).collect();
        let (first, others) = parents.split_first().map_or((ABSENT, &[][..]), |(first, others)| (*first, others));
        for Change { path, old, new } in self.comparison.between(first, commit.tree) {
            self.named.extend(new);
            let (before, after) = (spots(self.history, old), spots(self.history, new));
            for spot in after {
                let is_new = !holds(before, spot) && !self.is_in(others, path, spot).contains(&true);
                self.come(place, path, spot, is_new);
            }
            // A merge removes what all its parents had; what only one had was removed on another line before.
            let gone = before.iter().filter(|spot| !holds(after, spot));
            for spot in gone.filter(|_| of_refs[place]) {
                if !self.is_in(others, path, spot).contains(&false) {
                    self.go(place, standing(path, spot), of_head[place]);
                }
            }
        }
    }

    /// For each tree, whether a secret stands in it at a path.
    fn is_in(&self, trees: &[u32], path: u32, spot: &Spot) -> Vec<bool> {
        let blobs = trees.iter().map(|tree| self.comparison.at(*tree, path));
        blobs.map(|blob| holds(spots(self.history, blob), spot)).collect()
    }

    /// A secret stands at a path in a commit.
    fn come(&mut self, place: usize, path: u32, spot: &Spot, is_new: bool) {
        let standing = standing(path, spot);
        if is_new {
            let story = Story { first: place, line: spot.line, removed: None, has_half: false };
            self.stories.entry(standing).or_insert(story);
        }
        if let Some(story) = self.stories.get_mut(&standing) {
            story.has_half |= spot.has_half;
        }
    }

    /// A secret stands at a path no more.
    fn go(&mut self, place: usize, standing: Standing, on_head: bool) {
        if let Some(story) = self.stories.get_mut(&standing)
            && (on_head || story.removed.is_none_or(|(_, on_head)| !on_head))
        {
            story.removed = Some((place, on_head));
        }
    }

    /// All that stands in the trees of some commits.
    fn standings(&mut self, places: &[usize]) -> HashSet<Standing> {
        let mut trees: Vec<u32> = places.iter().map(|place| self.history.commits[*place].tree).collect();
        trees.sort_unstable();
        trees.dedup();
        let mut standings = HashSet::new();
        for tree in trees {
            for change in self.comparison.between(ABSENT, tree) {
                standings.extend(spots(self.history, change.new).iter().map(|spot| standing(change.path, spot)));
            }
        }
        standings
    }

    fn write(
        &mut self,
        repo: &gix::Repository,
        at_head: &HashSet<Standing>,
        at_tips: &HashSet<Standing>,
        finds: &mut Finds,
    ) {
        let mut signed: HashMap<usize, (String, Signed)> = HashMap::new();
        let mut told = |place: usize| {
            let told = signed.entry(place).or_insert_with(|| {
                let id = self.history.ids.get(self.history.commits[place].object);
                (id.to_string(), signed_by(repo, id))
            });
            told.clone()
        };
        for (standing, story) in std::mem::take(&mut self.stories) {
            let is_at_head = at_head.contains(&standing);
            // Taken away from another branch alone, and still on a branch, it is not gone.
            let is_gone = |on_head| !is_at_head && (on_head || !at_tips.contains(&standing));
            let removed = story.removed.filter(|(_, on_head)| is_gone(*on_head)).map(|(place, _)| told(place));
            let (commit, author) = told(story.first);
            let (path, secret, member) = standing;
            let path = self.comparison.paths.text(path, &self.history.names) + self.history.secrets.member(member);
            let place = Place {
                path: path.clone(),
                line: Some(story.line),
                commit: Some(commit),
                author: author.by,
                date: author.at,
                removed_at: removed.as_ref().and_then(|(_, signed)| signed.at),
                removed_in: removed.map(|(id, _)| id),
                at_head: is_at_head,
                secret_half: story.has_half,
                ..Place::default()
            };
            finds.places.insert((path, self.history.secrets.fingerprint(secret).to_owned()), place);
        }
    }
}

/// What stands in a blob that holds something.
fn spots(history: &History, blob: Option<u32>) -> &[Spot] {
    blob.and_then(|blob| history.blobs.get(&blob)).map_or(&[], |spots| spots)
}

fn holds(spots: &[Spot], wanted: &Spot) -> bool {
    let key = |spot: &Spot| (spot.secret, spot.member);
    spots.binary_search_by_key(&key(wanted), key).is_ok()
}

fn standing(path: u32, spot: &Spot) -> Standing {
    (path, spot.secret, spot.member)
}

fn signed_by(repo: &gix::Repository, id: ObjectId) -> Signed {
    let commit = repo.find_commit(id);
    commit.map(|commit| author(commit.iter())).unwrap_or_default()
}

fn tell(message: &Message, is_at_head: bool, history: &History, finds: &mut Finds) {
    let path = message.tag.as_ref().map_or_else(|| "(commit message)".into(), |tag| format!("(message of tag {tag})"));
    for spot in &message.spots {
        let place = Place {
            path: path.clone(),
            line: Some(spot.line),
            commit: Some(history.ids.get(message.object).to_string()),
            author: message.author.by.clone(),
            date: message.author.at,
            at_head: is_at_head,
            secret_half: spot.has_half,
            ..Place::default()
        };
        finds.elsewhere.push((history.secrets.fingerprint(spot.secret).to_owned(), place));
    }
}

/// Blobs that no commit names: staged ones have a path in the index, the others have none.
fn nameless(repo: &gix::Repository, history: &History, named: &HashSet<u32>, finds: &mut Finds) {
    let mut blobs: Vec<_> = history.blobs.iter().filter(|(blob, _)| !named.contains(*blob)).collect();
    if blobs.is_empty() {
        return;
    }
    blobs.sort_by_key(|(blob, _)| **blob);
    let is_wanted =
        |id: &ObjectId| history.ids.find(id).is_some_and(|blob| history.held.contains(blob) && !named.contains(&blob));
    let staged = staged::paths(repo, is_wanted);
    for (blob, spots) in blobs {
        let id = history.ids.get(*blob);
        for spot in spots {
            let fingerprint = history.secrets.fingerprint(spot.secret).to_owned();
            let (line, secret_half) = (Some(spot.line), spot.has_half);
            let member = history.secrets.member(spot.member);
            match staged.get(&id) {
                Some(path) => {
                    let path = format!("{path}{member}");
                    let place = Place { path: path.clone(), line, at_head: true, secret_half, ..Place::default() };
                    finds.places.entry((path, fingerprint)).or_insert(place);
                }
                None => {
                    let path = format!("(unreachable object {id}){member}");
                    finds.elsewhere.push((fingerprint, Place { path, line, secret_half, ..Place::default() }));
                }
            }
        }
    }
}

/// What references lead to, through tags.
fn tips(repo: &gix::Repository, gaps: &mut Gaps) -> Vec<ObjectId> {
    let mut tips = Vec::new();
    let all = match repo.references() {
        Ok(references) => references,
        Err(error) => {
            gaps.add(Missed::Reference, error.to_string());
            return tips;
        }
    };
    let all = match all.all() {
        Ok(all) => all,
        Err(error) => {
            gaps.add(Missed::Reference, error.to_string());
            return tips;
        }
    };
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
    tips
}

/// For each commit, whether some others come from it or are it.
fn ancestors(tips: &[usize], commits: &[Commit]) -> Vec<bool> {
    let mut seen = vec![false; commits.len()];
    let mut stack: Vec<usize> = tips.to_vec();
    while let Some(place) = stack.pop() {
        if !std::mem::replace(&mut seen[place], true) {
            stack.extend(commits[place].parents.iter().map(|parent| *parent as usize).filter(|parent| !seen[*parent]));
        }
    }
    seen
}

/// All commits, parents before children, by date where the history leaves it open; those that a reference leads to
/// come before the others, so that these only add what is nowhere else. Forged commits that are their own ancestors
/// come last.
fn order(history: &History, of_refs: &[bool]) -> Vec<usize> {
    let commits = &history.commits;
    let rank = |place: usize| Reverse((!of_refs[place], commits[place].time, commits[place].object, place));
    let mut waiting: Vec<u32> = vec![0; commits.len()];
    let mut children: Vec<Vec<u32>> = vec![Vec::new(); commits.len()];
    let mut ready = BinaryHeap::new();
    for (place, commit) in commits.iter().enumerate() {
        for (at, parent) in commit.parents.iter().enumerate() {
            if !commit.parents[..at].contains(parent) {
                waiting[place] += 1;
                children[*parent as usize].push(u32::try_from(place).expect("commits are fewer than objects"));
            }
        }
        if waiting[place] == 0 {
            ready.push(rank(place));
        }
    }
    let mut order = Vec::with_capacity(commits.len());
    while let Some(Reverse((.., place))) = ready.pop() {
        order.push(place);
        for child in std::mem::take(&mut children[place]) {
            let left = &mut waiting[child as usize];
            *left -= 1;
            if *left == 0 {
                ready.push(rank(child as usize));
            }
        }
    }
    if order.len() < commits.len() {
        let mut rest: Vec<usize> = (0..commits.len()).filter(|place| waiting[*place] > 0).collect();
        rest.sort_by_key(|place| Reverse(rank(*place)));
        order.append(&mut rest);
    }
    order
}
