//! The organisation with its folders and projects, or one project with what lies above it. It tells nothing of
//! identities by itself; the other listings go where it leads.

use crate::api::{Operation, Page, Service, segment};
use crate::ids;
use crate::session::{Estate, Parent, Project, Tree};
use crate::target::Root;
use async_trait::async_trait;
use serde::Deserialize;
use std::collections::BTreeMap;
use whose_connect::{ApiCall, CallError, Collector, CollectorInfo, Recorder};
use whose_model::{Node, State, Timestamp, What};

const fn operation(name: &'static str, permission: &'static str, why: &'static str, docs: &'static str) -> Operation {
    Operation { call: ApiCall::read(name, permission, why, docs), service: Service::ResourceManager }
}

/// <https://cloud.google.com/resource-manager/reference/rest/v3/organizations/get>
const GET_ORGANIZATION: Operation = operation(
    "resourcemanager:GetOrganization",
    "resourcemanager.organizations.get",
    "Reads the organization's name.",
    "https://cloud.google.com/resource-manager/reference/rest/v3/organizations/get",
);
/// <https://cloud.google.com/resource-manager/reference/rest/v3/folders/list>
const LIST_FOLDERS: Operation = operation(
    "resourcemanager:ListFolders",
    "resourcemanager.folders.list",
    "Finds the folders of the organization. One call for each folder and page.",
    "https://cloud.google.com/resource-manager/reference/rest/v3/folders/list",
);
/// <https://cloud.google.com/resource-manager/reference/rest/v3/folders/get>
const GET_FOLDER: Operation = operation(
    "resourcemanager:GetFolder",
    "resourcemanager.folders.get",
    "Finds what lies above a single project. One call for each folder above it.",
    "https://cloud.google.com/resource-manager/reference/rest/v3/folders/get",
);
/// <https://cloud.google.com/resource-manager/reference/rest/v3/projects/list>
const LIST_PROJECTS: Operation = operation(
    "resourcemanager:ListProjects",
    "resourcemanager.projects.list",
    "Finds the projects of the organization, with their labels. One call for each folder and page.",
    "https://cloud.google.com/resource-manager/reference/rest/v3/projects/list",
);
/// <https://cloud.google.com/resource-manager/reference/rest/v3/projects/get>
const GET_PROJECT: Operation = operation(
    "resourcemanager:GetProject",
    "resourcemanager.projects.get",
    "Reads a single project: its number, labels and what lies above it.",
    "https://cloud.google.com/resource-manager/reference/rest/v3/projects/get",
);

/// What this listing is.
pub(crate) const INFO: CollectorInfo = CollectorInfo {
    id: "resources",
    title: "organization, folders and projects",
    provides: &[],
    types: &[],
    calls: &[GET_ORGANIZATION.call, LIST_FOLDERS.call, GET_FOLDER.call, LIST_PROJECTS.call, GET_PROJECT.call],
    switched_on_by: None,
};

/// A tree is at most ten folders deep; one that goes deeper is not Google's.
const DEEPEST: usize = 32;

/// An organisation, folder or project, with the fields that all three have.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Item {
    name: String,
    parent: String,
    display_name: String,
    state: String,
    create_time: Option<Timestamp>,
    /// Projects alone have an id beside their number, and labels.
    project_id: String,
    /// Organisations alone belong to a Google Workspace.
    directory_customer_id: String,
    labels: BTreeMap<String, String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Items {
    folders: Vec<Item>,
    projects: Vec<Item>,
    next_page_token: String,
}

impl Page for Items {
    fn next_page_token(&self) -> Option<&str> {
        Some(&self.next_page_token)
    }
}

/// The listing.
pub(crate) struct Resources;

#[async_trait]
impl Collector<Estate> for Resources {
    fn info(&self) -> &'static CollectorInfo {
        &INFO
    }

    async fn collect(&self, estate: &Estate, out: &mut Recorder) -> Result<(), CallError> {
        let mut tree = Tree::default();
        match &estate.root {
            Root::Organization(number) => downward(estate, &format!("organizations/{number}"), &mut tree, out).await,
            Root::Project(id) => upward(estate, id, &mut tree, out).await,
        }
        // The tree is set once, since this listing runs once a scan.
        let _ = estate.tree.set(tree);
        Ok(())
    }
}

/// Reads an organisation from its root to its projects.
async fn downward(estate: &Estate, root: &str, tree: &mut Tree, out: &mut Recorder) {
    match estate.api.get::<Item>(GET_ORGANIZATION, &format!("v3/{root}"), &[]).await {
        Ok(item) => {
            tree.customer = Some(item.directory_customer_id.clone()).filter(|id| !id.is_empty());
            out.node(node(root, &item)).await;
        }
        Err(error) => out.failed(&error),
    }
    tree.complete = true;
    tree.containers.insert(root.to_owned(), None);
    let mut waiting = vec![root.to_owned()];
    while let Some(parent) = waiting.pop() {
        for operation in [LIST_FOLDERS, LIST_PROJECTS] {
            let children = match list(estate, operation, &parent, tree, out).await {
                Ok(children) => children,
                Err((error, children)) => {
                    missed(&error, root, &parent, out);
                    tree.complete = false;
                    children
                }
            };
            waiting.extend(children);
        }
        out.progress(&format!("{} folders and {} projects", tree.containers.len() - 1, tree.projects.len()));
    }
}

fn missed(error: &CallError, root: &str, parent: &str, out: &mut Recorder) {
    if parent == root { out.failed(error) } else { out.failed_for(error, ids::scope(parent)) }
}

/// Reads what lies directly in a folder or organisation, and returns the folders that were not yet known.
async fn list(
    estate: &Estate,
    operation: Operation,
    parent: &str,
    tree: &mut Tree,
    out: &mut Recorder,
) -> Result<Vec<String>, (CallError, Vec<String>)> {
    let path = if operation.call == LIST_FOLDERS.call { "v3/folders" } else { "v3/projects" };
    let mut listing = estate.api.list::<Items>(operation, path.into(), &[("parent", parent), ("pageSize", "200")]);
    let mut folders = Vec::new();
    loop {
        let page = match listing.page().await {
            Ok(Some(page)) => page,
            Ok(None) => return Ok(folders),
            Err(error) => return Err((error, folders)),
        };
        for folder in page.folders.iter().filter(|folder| folder.name.starts_with("folders/")) {
            let known = tree.containers.insert(folder.name.clone(), Some(parent.to_owned())).is_some();
            if !known {
                out.node(below(node(&folder.name, folder), parent)).await;
                folders.push(folder.name.clone());
            }
        }
        for item in page.projects.iter().filter(|item| !item.project_id.is_empty()) {
            let project = project(item, Parent::Is(parent.to_owned()));
            out.node(below(node(&format!("projects/{}", project.id), item), parent)).await;
            tree.projects.push(project);
        }
    }
}

/// Reads one project, and the folders above it up to the organisation.
async fn upward(estate: &Estate, id: &str, tree: &mut Tree, out: &mut Recorder) {
    let name = format!("projects/{id}");
    let mut above = match estate.api.get::<Item>(GET_PROJECT, &format!("v3/projects/{}", segment(id)), &[]).await {
        Ok(item) => {
            let parent = if item.parent.is_empty() { Parent::Nothing } else { Parent::Is(item.parent.clone()) };
            let project = project(&Item { project_id: id.into(), ..item_head(&item) }, parent.clone());
            out.node(below(node(&name, &item), &item.parent)).await;
            tree.projects.push(project);
            parent
        }
        Err(error) => {
            // Its other listings may be open all the same.
            out.failed(&error);
            tree.projects.push(Project { id: id.into(), number: None, parent: Parent::Unread });
            return;
        }
    };
    while let Parent::Is(parent) = above {
        if tree.containers.len() >= DEEPEST || tree.containers.contains_key(&parent) {
            return;
        }
        let operation = if parent.starts_with("folders/") { GET_FOLDER } else { GET_ORGANIZATION };
        let path: Vec<String> = parent.split('/').map(segment).collect();
        above = match estate.api.get::<Item>(operation, &format!("v3/{}", path.join("/")), &[]).await {
            Ok(item) => {
                out.node(below(node(&parent, &item), &item.parent)).await;
                let above = if item.parent.is_empty() { Parent::Nothing } else { Parent::Is(item.parent.clone()) };
                tree.containers.insert(parent, Some(item.parent).filter(|parent| !parent.is_empty()));
                above
            }
            Err(error) => {
                out.failed_for(&error, ids::scope(&parent));
                tree.containers.insert(parent, None);
                Parent::Unread
            }
        };
    }
}

fn item_head(item: &Item) -> Item {
    Item { name: item.name.clone(), ..Item::default() }
}

fn project(item: &Item, parent: Parent) -> Project {
    let number = item.name.strip_prefix("projects/").filter(|number| number.bytes().all(|b| b.is_ascii_digit()));
    Project { id: item.project_id.clone(), number: number.map(Into::into), parent }
}

fn node(name: &str, item: &Item) -> Node {
    let id = ids::scope(name);
    let kind = id.type_name().to_owned();
    let title = if item.project_id.is_empty() { &item.display_name } else { &item.project_id };
    let title = if title.is_empty() { name } else { title };
    let mut node = Node::new(id, What::Scope, &kind, title);
    node.native_id = item.name.split_once('/').map(|(_, number)| number.to_owned());
    node.address = Some(format!("//cloudresourcemanager.googleapis.com/{name}"));
    node.state = match item.state.as_str() {
        "ACTIVE" => State::Enabled,
        "DELETE_REQUESTED" => State::Disabled,
        _ => State::Unknown,
    };
    node.created = item.create_time;
    node.tags = item.labels.clone();
    node
}

fn below(mut node: Node, parent: &str) -> Node {
    node.scope = (!parent.is_empty()).then(|| ids::scope(parent));
    node
}
