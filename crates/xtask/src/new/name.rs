//! A thing's name in all the forms in which code writes it: slug = file = type.

use anyhow::{Result, bail};

/// A kebab-case name.
pub(super) struct Name(String);

impl Name {
    /// Accepts lower-case words of letters and digits, joined by hyphens.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let sound = text.split('-').all(|word| {
            word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()) && !word.is_empty()
        });
        if !sound || !text.starts_with(|first: char| first.is_ascii_lowercase()) {
            bail!("`{text}` is no name: write lower-case words of letters and digits, joined by hyphens");
        }
        Ok(Self(text.to_owned()))
    }

    /// `brand-new-fault`
    pub(super) fn slug(&self) -> &str {
        &self.0
    }

    /// `brand_new_fault`
    pub(super) fn snake(&self) -> String {
        self.0.replace('-', "_")
    }

    /// `BrandNewFault`
    pub(super) fn camel(&self) -> String {
        self.0.split('-').map(|word| word[..1].to_uppercase() + &word[1..]).collect()
    }

    /// `Brand new fault`
    pub(super) fn sentence(&self) -> String {
        let words = self.0.replace('-', " ");
        words[..1].to_uppercase() + &words[1..]
    }

    /// A template with the name filled in: `@slug@`, `@snake@`, `@Camel@`, `@Sentence@`, `@SCREAM@`.
    pub(super) fn fill(&self, template: &str) -> String {
        template
            .replace("@slug@", self.slug())
            .replace("@snake@", &self.snake())
            .replace("@Camel@", &self.camel())
            .replace("@Sentence@", &self.sentence())
            .replace("@SCREAM@", &self.snake().to_uppercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_all_forms() {
        let name = Name::parse("brand-new-fault2").unwrap();
        assert_eq!(
            name.fill("@slug@ @snake@ @Camel@ @Sentence@ @SCREAM@"),
            "brand-new-fault2 brand_new_fault2 BrandNewFault2 Brand new fault2 BRAND_NEW_FAULT2"
        );
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "-", "a-", "-a", "a--b", "A", "a_b", "a b", "1a", "ä", "../a"] {
            assert!(Name::parse(text).is_err(), "{text}");
        }
    }
}
