//! Two scans: the same world gives an empty diff; what was changed in it is named, and nothing else.

use crate::product::Product;
use anyhow::Result;
use whose_model::Timestamp;
use whose_world::World;

#[tokio::test(flavor = "multi_thread")]
async fn an_unchanged_world_gives_an_empty_diff_and_a_changed_one_names_the_change() -> Result<()> {
    let as_of = Timestamp::now();
    let moment = as_of.to_string();
    let world = World::new(13, as_of);
    let server = world.serve_aws().await?;
    let product = Product::new().at(&server.endpoint());
    for _ in 0..2 {
        assert_eq!(product.run(["scan", "aws", "--as-of", &moment])?.code, 0);
    }
    let same = product.run(["diff"])?;
    assert!(same.stdout.contains("nothing changed"), "{}", same.stdout);

    let gone = server.change(|account| {
        let user = account.users.iter_mut().find(|user| !user.keys.is_empty()).expect("a service user");
        user.keys.remove(0).id
    });
    assert_eq!(product.run(["scan", "aws", "--as-of", &moment])?.code, 0);
    let run = product.run(["diff", "--json"])?;
    let changes: serde_json::Value = serde_json::from_str(&run.stdout)?;
    let vanished = changes["vanished"].to_string();
    assert!(vanished.contains(&gone), "{}", run.stdout);
    assert_eq!(changes["appeared"].as_array().map(Vec::len), Some(0), "{}", run.stdout);
    assert_eq!(changes["findings_new"].as_array().map(Vec::len), Some(0), "{}", run.stdout);
    assert!(product.run(["diff"])?.stdout.contains("vanished"));
    Ok(())
}
