//! Secret values where nobody looks for them: in tags, descriptions, policy texts and names that a provider tells.
//! Every event passes here before anything else sees it, so that no artefact can hold one.

use percent_encoding::percent_decode;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::borrow::Cow;
use std::sync::Arc;
use whose_connect::Event;
use whose_detect::{DetectError, Engine};
use whose_model::NodeId;

/// The field whose entries read as assignments: a tag's name tells what its value is.
const TAGS: &str = "tags";

/// Replaces each secret value by its masked hint. Clones share the detectors.
#[derive(Clone)]
pub struct Mask(Arc<Engine>);

impl Mask {
    /// A mask with the built-in detectors.
    ///
    /// # Errors
    /// When a detector's definition breaks a rule; the tests of `whose-detect` keep that from happening.
    pub fn new() -> Result<Self, DetectError> {
        Ok(Self(Arc::new(Engine::new()?)))
    }

    /// One text, masked.
    pub fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.0.redact(text)
    }

    /// One event, with every text in it masked.
    pub(crate) fn event(&self, event: Event) -> Event {
        match event {
            Event::Seen { source, observation } => Event::Seen { source, observation: self.whole(observation) },
            Event::Coverage(coverage) => Event::Coverage(self.whole(coverage)),
            Event::Progress { source, message, seen } => {
                Event::Progress { source, message: self.text(&message).into_owned(), seen }
            }
        }
    }

    /// Anything of the model, with every text in it masked.
    fn whole<T: Serialize + DeserializeOwned>(&self, thing: T) -> T {
        let json = serde_json::to_string(&thing).expect("the model has string keys only, which JSON can hold");
        if self.is_clean(&json) {
            return thing;
        }
        let mut value = serde_json::from_str(&json).expect("JSON that was just written can be read");
        self.value(&mut value);
        serde_json::from_value(value)
            .expect("masking replaces free texts and rebuilds ids; words and times never match")
    }

    /// Whether a look at the whole shows that no text in it can hold a secret. Nearly always so, and a fifth of the
    /// price of looking at each text by itself.
    fn is_clean(&self, json: &str) -> bool {
        let plain = |text: &str| matches!(self.0.redact(text), Cow::Borrowed(_));
        // What is escaped reads otherwise in JSON than by itself, and what is encoded otherwise in an id.
        !json.contains('\\')
            && plain(json)
            && (!json.contains('%') || plain(&percent_decode(json.as_bytes()).decode_utf8_lossy()))
    }

    fn value(&self, value: &mut Value) {
        match value {
            Value::String(text) => self.string(text),
            Value::Array(values) => values.iter_mut().for_each(|value| self.value(value)),
            Value::Object(fields) => {
                for (name, value) in fields {
                    match value {
                        Value::Object(tags) if name == TAGS => *tags = self.tags(std::mem::take(tags)),
                        _ => self.value(value),
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn string(&self, text: &mut String) {
        if let Ok(id) = NodeId::parse(text) {
            let local = id.local();
            if let Cow::Owned(masked) = self.0.redact(&local) {
                let realm = if id.realm() == "-" { String::new() } else { decoded(id.realm()) };
                *text = NodeId::new(&decoded(id.provider()), &realm, &decoded(id.type_name()), &masked).into();
            }
        } else if let Cow::Owned(masked) = self.0.redact(text) {
            *text = masked;
        }
    }

    /// Tags read as a file of assignments would: a name tells what its value is, and the two halves of a key may be
    /// two tags.
    fn tags(&self, tags: serde_json::Map<String, Value>) -> serde_json::Map<String, Value> {
        let (names, lines): (Vec<&str>, Vec<String>) = tags
            .iter()
            .map(|(name, value)| (&**name, format!("{name}={}", value.as_str().unwrap_or_default())))
            .unzip();
        let Cow::Owned(masked) = self.0.redact(&lines.join("\n")) else { return tags };
        if masked.split('\n').count() == names.len() {
            return names.into_iter().zip(masked.split('\n')).map(|(name, line)| tag(name, line)).collect();
        }
        // A value with line breaks, or a secret over several lines: each tag by itself is told apart for sure.
        names.into_iter().zip(&lines).map(|(name, line)| tag(name, &self.0.redact(line))).collect()
    }
}

/// The tag that a masked line holds, `name` being how it was called before.
fn tag(name: &str, line: &str) -> (String, Value) {
    let whole = line.strip_prefix(name).and_then(|rest| rest.strip_prefix('='));
    let (name, value) = whole.map(|value| (name, value)).or_else(|| line.split_once('=')).unwrap_or((line, ""));
    (name.to_string(), value.into())
}

/// A part of an id as it was before it was encoded.
fn decoded(part: &str) -> String {
    percent_decode(part.as_bytes()).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use whose_detect::expand;
    use whose_model::{
        Coverage, CoverageState, Effect, Facet, Gap, GrantDetail, GrantOrigin, Node, Observation, Source, Statement,
        What,
    };

    fn user(name: &str) -> Node {
        let id = NodeId::new("aws", "123456789012", "iam-user", name);
        Node::new(id, What::Identity(Box::default()), "iam-user", name)
    }

    fn masked(node: Node) -> Node {
        let source = Source { connector: "aws".into(), collector: "roles".into() };
        let event = Event::Seen { source, observation: Observation::Node(Box::new(node)) };
        match Mask::new().unwrap().event(event) {
            Event::Seen { observation: Observation::Node(node), .. } => *node,
            other => panic!("{other:?}"),
        }
    }

    fn token(seed: u64) -> String {
        expand("ghp_{crc62:30}", seed).unwrap()
    }

    /// No part of a secret that is long enough to be of use stands in a thing.
    fn is_told(secret: &str, thing: &impl Serialize) -> bool {
        let json = serde_json::to_string(thing).unwrap();
        secret.as_bytes().windows(12).any(|part| json.as_bytes().windows(12).any(|told| told == part))
    }

    #[test]
    fn what_holds_no_secret_stays_as_it_is() {
        let mut node = user("svc-\"payments\" 100%");
        node.description = Some("runs the nightly job\nsee C:\\jobs".into());
        node.tags.insert("Owner".into(), "team=payments".into());
        node.tags.insert("a=b".into(), "c=d".into());
        node.native_id = Some("AIDACKCEVSQ6C2EXAMPLE".into());
        assert_eq!(masked(node.clone()), node);
    }

    #[test]
    fn every_text_of_a_node_is_masked() {
        let mut node = user(&token(1));
        node.description = Some(format!("use {} here\nand \"there\"", token(2)));
        node.tags.insert("ci".into(), token(3));
        node.tags.insert(token(4), "x".into());
        node.address = Some(format!("arn:aws:iam::123456789012:user/{}", token(5)));
        let masked = masked(node);
        for seed in 1..=5 {
            assert!(!is_told(&token(seed), &masked), "{seed}: {masked:#?}");
        }
        assert!(masked.name.starts_with("ghp_…") && masked.id.local() == masked.name, "{masked:#?}");
        assert_eq!((masked.id.realm(), masked.id.type_name()), ("123456789012", "iam-user"));
    }

    #[test]
    fn halves_of_a_key_in_two_tags_are_masked() {
        let (id, secret) = (expand("AKIA{base32:16}", 1).unwrap(), expand("{base64:40}", 1).unwrap());
        let mut node = user("svc");
        node.tags.insert("AWS_ACCESS_KEY_ID".into(), id.clone());
        node.tags.insert("AWS_SECRET_ACCESS_KEY".into(), secret.clone());
        node.tags.insert("Owner".into(), "ana".into());
        let masked = masked(node);
        assert!(!is_told(&secret, &masked), "{masked:#?}");
        assert_eq!((&masked.tags["AWS_ACCESS_KEY_ID"], masked.tags["Owner"].as_str()), (&id, "ana"));
    }

    #[test]
    fn tags_with_line_breaks_are_masked_one_by_one() {
        let mut node = user("svc");
        node.tags.insert("note".into(), format!("first\n{}", token(1)));
        node.tags.insert("other".into(), "plain".into());
        let masked = masked(node);
        assert!(!is_told(&token(1), &masked) && masked.tags["other"] == "plain", "{masked:#?}");
    }

    #[test]
    fn policies_and_gaps_are_masked() {
        let mask = Mask::new().unwrap();
        let mut detail = GrantDetail::new(GrantOrigin::Inline);
        detail.statements.push(Statement {
            sid: Some(token(1)),
            effect: Effect::Allow,
            actions: vec!["s3:*".into()],
            not_actions: vec![],
            resources: vec![format!("arn:aws:s3:::{}/*", token(2))],
            not_resources: vec![],
            principals: vec![],
            not_principals: vec![],
            conditions: vec![],
        });
        let id = NodeId::new("aws", "123456789012", "iam-policy", "p");
        let grant = masked(Node::new(id.clone(), What::Grant(detail), "iam-policy", "p"));
        let coverage = mask.whole(Coverage {
            source: Source { connector: "repos".into(), collector: "secrets".into() },
            scope: NodeId::new("repos", "", "target", &format!("https://git.example.org/{}/x.git", token(3))),
            facets: vec![Facet::Secrets],
            types: vec![],
            state: CoverageState::Failed,
            seen: 0,
            calls: 0,
            gaps: vec![Gap { subject: Some(id), call: None, reason: format!("no {}", token(4)), remedy: token(5) }],
            horizon: None,
        });
        for seed in 1..=5 {
            assert!(
                !is_told(&token(seed), &grant) && !is_told(&token(seed), &coverage),
                "{seed}: {grant:?} {coverage:?}"
            );
        }
    }
}
