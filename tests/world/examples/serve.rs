//! Serves the invented company for any AWS client, and writes its repositories: `serve SEED FOLDER`.
//! Prints the environment that a client needs, and runs until it is interrupted.
#![expect(clippy::print_stdout, reason = "the environment is what this program is for")]
#![expect(clippy::disallowed_methods, reason = "this is a program of its own, with arguments and a clock")]

use whose_model::Timestamp;
use whose_world::World;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let seed = arguments.next().unwrap_or_else(|| "42".into()).parse()?;
    let world = World::new(seed, Timestamp::now());
    if let Some(folder) = arguments.next() {
        for path in world.write_repositories(folder.as_ref())? {
            println!("# repository {}", path.display());
        }
    }
    let server = world.serve_aws().await?;
    for (name, value) in server.environment() {
        println!("export {name}={value}");
    }
    tokio::signal::ctrl_c().await?;
    server.stop().await;
    Ok(())
}
