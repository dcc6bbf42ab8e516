//! A file of people beside an account: who left is known, whatever their account says.

use crate::product::{Product, found};
use anyhow::Result;
use whose_model::{OwnerBand, Timestamp};
use whose_world::World;

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_who_left_by_the_file_orphans_what_was_theirs() -> Result<()> {
    let world = World::new(42, Timestamp::now());
    let server = world.serve_aws().await?;
    let product = Product::new().at(&server.endpoint());
    let before = product.scan(&["aws"], &[0])?;
    let owned = before
        .identities
        .iter()
        .find(|identity| {
            let owner = identity.ownership.as_ref().filter(|ownership| ownership.band == OwnerBand::Owned);
            owner.is_some_and(|ownership| ownership.candidates.len() == 1)
        })
        .expect("somebody owns something alone");
    let owner = &owned.ownership.as_ref().expect("it is owned").candidates[0].name;
    std::fs::write(product.path("people.csv"), format!("email,status\n{owner},left\nana@example.com,active\n"))?;

    let after = product.scan(&["aws", "people:people.csv"], &[0])?;
    let orphaned = ("orphaned-owner".to_string(), owned.id.clone());
    assert!(!found(&before).contains(&orphaned) && found(&after).contains(&orphaned), "{owner}");
    let finding = after.findings.iter().find(|finding| finding.rule == "orphaned-owner" && finding.subject == owned.id);
    let shown = format!("{:?}", finding.map(|finding| &finding.evidence));
    assert!(shown.contains("line 2 of the file of people"), "{shown}");

    // A line that is not understood is a gap, and the file no longer proves who is there.
    std::fs::write(product.path("people.csv"), format!("email,status\n{owner},left\nana@example.com,asleep\n"))?;
    let partial = product.scan(&["aws", "people:people.csv"], &[3])?;
    assert!(found(&partial).contains(&orphaned), "what a line says stands");
    assert_eq!(product.run(["scan", "people:none.csv"])?.code, 2);
    Ok(())
}
