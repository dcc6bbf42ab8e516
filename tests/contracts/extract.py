#!/usr/bin/env python3
"""Cuts the parts that Whose reads out of the vendors' own published descriptions of their APIs.

    python3 tests/contracts/extract.py SOURCES

SOURCES is a folder with the descriptions, which are too large to be kept here:

    graph/v1.0-Prod.csdl, graph/beta-entity-types.json, graph/beta-complex-types.json
        from https://github.com/microsoftgraph/msgraph-metadata (schemas/, schemas/type-mappings/)
    arm/azure/mgmt/...
        `pip download --no-deps azure-mgmt-authorization==4.0.0 azure-mgmt-resource==23.1.1 azure-mgmt-storage==21.2.1`,
        unpacked; Microsoft generates them from https://github.com/Azure/azure-rest-api-specs
    google/*.json
        googleapiclient/discovery_cache/documents/ of `pip download --no-deps google-api-python-client==2.202.0`
    github/ghec.json
        package/generated/ghec.json of `npm pack @octokit/openapi@23.0.2`

It writes one JSON Schema a vendor beside itself. OPERATIONS below lists each call that a connector declares. Every
type that an answer can hold is kept with all its fields, and no other field is allowed; descriptions, examples and
the values of enumerations are left out. A path, type or relation that a description does not know ends the run.
"""

import ast
import json
import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree

HERE = pathlib.Path(__file__).resolve().parent

# Call: path. What stands in braces is a key.
GRAPH = {
    "graph:ListOrganization": "/v1.0/organization",
    "graph:ListUsers": "/v1.0/users",
    "graph:ListDeletedUsers": "/v1.0/directory/deletedItems/microsoft.graph.user",
    "graph:ListApplications": "/v1.0/applications",
    "graph:ListApplicationOwners": "/v1.0/applications/{id}/owners",
    "graph:ListFederatedIdentityCredentials": [
        "/beta/applications", "/beta/applications/{id}/federatedIdentityCredentials"],
    "graph:ListServicePrincipals": "/v1.0/servicePrincipals",
    "graph:ListServicePrincipalOwners": "/v1.0/servicePrincipals/{id}/owners",
    "graph:ListAgentIdentities": "/v1.0/servicePrincipals/microsoft.graph.agentIdentity",
    "graph:ListAppRoleAssignedTo": "/v1.0/servicePrincipals/{id}/appRoleAssignedTo",
    "graph:ListOAuth2PermissionGrants": "/v1.0/oauth2PermissionGrants",
    "graph:ListDirectoryRoleDefinitions": "/v1.0/roleManagement/directory/roleDefinitions",
    "graph:ListDirectoryRoleAssignments": "/v1.0/roleManagement/directory/roleAssignments",
    "graph:ListGroups": "/v1.0/groups",
    "graph:ListGroupMembers": "/v1.0/groups/{id}/transitiveMembers",
    "graph:ListServicePrincipalSignInActivities": "/beta/reports/servicePrincipalSignInActivities",
    "graph:ListAppCredentialSignInActivities": "/beta/reports/appCredentialSignInActivities",
}
# Relations that are asked for with $expand.
EXPANDED = {
    "application": ["owners"],
    "servicePrincipal": ["owners"],
    "agentIdentity": ["sponsors"],
}
# Of the beta there is a list of names alone: where a path leads, and of which type a relation is.
BETA = {
    "/beta/applications": ("application", {"federatedIdentityCredentials": "federatedIdentityCredential"}),
    "/beta/applications/{id}/federatedIdentityCredentials": ("federatedIdentityCredential", {}),
    "/beta/reports/servicePrincipalSignInActivities": ("servicePrincipalSignInActivity", {}),
    "/beta/reports/appCredentialSignInActivities": ("appCredentialSignInActivity", {}),
}
# What a directoryObject can turn out to be.
DIRECTORY_OBJECTS = ["user", "group", "servicePrincipal", "device"]

# Call: path, module of the generated package, class of the answer.
ARM = {
    "azure:ListSubscriptions": ("/subscriptions", "resource/subscriptions/v2022_12_01", "SubscriptionListResult"),
    "azure:ListResources": (
        "/subscriptions/{subscriptionId}/resources", "resource/resources/v2021_04_01", "ResourceListResult"),
    "azure:ListRoleDefinitions": (
        "/{scope}/providers/Microsoft.Authorization/roleDefinitions", "authorization/v2022_04_01",
        "RoleDefinitionListResult"),
    "azure:ListRoleAssignments": (
        "/subscriptions/{subscriptionId}/providers/Microsoft.Authorization/roleAssignments",
        "authorization/v2022_04_01", "RoleAssignmentListResult"),
    "azure:ListStorageAccounts": (
        "/subscriptions/{subscriptionId}/providers/Microsoft.Storage/storageAccounts", "storage/v2023_05_01",
        "StorageAccountListResult"),
}

# Call: document and method.
GOOGLE = {
    "apikeys:ListKeys": ("apikeys.v2", "projects.locations.keys.list"),
    "cloudasset:ListAssetIamPolicies": ("cloudasset.v1", "assets.list"),
    "cloudasset:ListAssets": ("cloudasset.v1", "assets.list"),
    "directory:ListDeletedUsers": ("admin.directory_v1", "users.list"),
    "directory:ListTokens": ("admin.directory_v1", "tokens.list"),
    "directory:ListUsers": ("admin.directory_v1", "users.list"),
    "iam:GetRole": ("iam.v1", ["organizations.roles.get", "projects.roles.get"]),
    "iam:GetServiceAccountIamPolicy": ("iam.v1", "projects.serviceAccounts.getIamPolicy"),
    "iam:ListServiceAccountKeys": ("iam.v1", "projects.serviceAccounts.keys.list"),
    "iam:ListServiceAccounts": ("iam.v1", "projects.serviceAccounts.list"),
    "iam:ListWorkloadIdentityPoolProviders": ("iam.v1", "projects.locations.workloadIdentityPools.providers.list"),
    "iam:ListWorkloadIdentityPools": ("iam.v1", "projects.locations.workloadIdentityPools.list"),
    "policyanalyzer:ListServiceAccountKeyLastAuthentications": (
        "policyanalyzer.v1", "projects.locations.activityTypes.activities.query"),
    "policyanalyzer:ListServiceAccountLastAuthentications": (
        "policyanalyzer.v1", "projects.locations.activityTypes.activities.query"),
    "resourcemanager:GetFolder": ("cloudresourcemanager.v3", "folders.get"),
    "resourcemanager:GetFolderIamPolicy": ("cloudresourcemanager.v3", "folders.getIamPolicy"),
    "resourcemanager:GetOrganization": ("cloudresourcemanager.v3", "organizations.get"),
    "resourcemanager:GetOrganizationIamPolicy": ("cloudresourcemanager.v3", "organizations.getIamPolicy"),
    "resourcemanager:GetProject": ("cloudresourcemanager.v3", "projects.get"),
    "resourcemanager:GetProjectIamPolicy": ("cloudresourcemanager.v3", "projects.getIamPolicy"),
    "resourcemanager:ListFolders": ("cloudresourcemanager.v3", "folders.list"),
    "resourcemanager:ListProjects": ("cloudresourcemanager.v3", "projects.list"),
}

# Call: path, and its method where that is not GET.
GITHUB = {
    "github:CreateInstallationAccessToken": "POST /app/installations/{installation_id}/access_tokens",
    "github:GetOrganizationInstallation": "/orgs/{org}/installation",
    "github:GetOrganization": "/orgs/{org}",
    "github:ListOrganizationMembers": "/orgs/{org}/members",
    "github:ListOutsideCollaborators": "/orgs/{org}/outside_collaborators",
    "github:ListOrganizationRepositories": "/orgs/{org}/repos",
    "github:ListAppInstallations": "/orgs/{org}/installations",
    "github:ListDeployKeys": "/repos/{owner}/{repo}/keys",
    "github:ListPersonalAccessTokens": "/orgs/{org}/personal-access-tokens",
    "github:ListCredentialAuthorizations": "/orgs/{org}/credential-authorizations",
    "github:ListOrganizationSecrets": "/orgs/{org}/actions/secrets",
    "github:ListOrganizationWebhooks": "/orgs/{org}/hooks",
    "github:GetDefaultWorkflowPermissions": "/orgs/{org}/actions/permissions/workflow",
    "github:GetRepositoryWorkflowPermissions": "/repos/{owner}/{repo}/actions/permissions/workflow",
    "github:GetForkApprovalPolicy": "/repos/{owner}/{repo}/actions/permissions/fork-pr-contributor-approval",
}


def closed(properties, required=()):
    """An object with these fields and no others."""
    schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return schema | ({"required": sorted(required)} if required else {})


def or_null(schema):
    """The same, or null."""
    if isinstance(schema.get("type"), str):
        return schema | {"type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"type": "null"}]} if schema else schema


def reference(name):
    return {"$ref": f"#/$defs/{name}"}


class Graph:
    """CSDL, the description of Microsoft Graph, and the list of names that its beta has beside it."""

    SPACE = "{http://docs.oasis-open.org/odata/ns/edm}"
    EDM = {"Boolean": "boolean", "Double": "number", "Single": "number", "Decimal": "number", "Int16": "integer",
           "Int32": "integer", "Int64": "integer", "Byte": "integer", "SByte": "integer"}

    def __init__(self, folder):
        self.kinds, self.enums, self.container, self.defs = {}, set(), {}, {}
        for schema in ElementTree.parse(folder / "v1.0-Prod.csdl").iter(self.SPACE + "Schema"):
            if schema.get("Namespace") != "microsoft.graph":
                continue
            for one in schema:
                tag = one.tag.removeprefix(self.SPACE)
                if tag in ("EntityType", "ComplexType"):
                    self.kinds[one.get("Name")] = one
                elif tag == "EnumType":
                    self.enums.add(one.get("Name"))
                elif tag == "EntityContainer":
                    for member in one:
                        self.container[member.get("Name")] = member.get("EntityType") or member.get("Type")
        self.beta = json.loads((folder / "beta-entity-types.json").read_text())["microsoft.graph"]
        self.complex = json.loads((folder / "beta-complex-types.json").read_text())["microsoft.graph"]

    def members(self, name, tag):
        """The properties or relations of a type, those that it inherits included."""
        kind = self.kinds[name]
        base = kind.get("BaseType")
        inherited = self.members(self.plain(base), tag) if base else {}
        return inherited | {one.get("Name"): one for one in kind.findall(self.SPACE + tag)}

    def plain(self, kind):
        kind = kind.removeprefix("Collection(").removesuffix(")")
        return kind.removeprefix("microsoft.graph.").removeprefix("graph.")

    def of(self, kind, nullable):
        if kind.startswith("Collection("):
            return {"type": "array", "items": self.of(kind[11:-1], False)}
        if kind.startswith("Edm."):
            schema = {"type": self.EDM.get(kind[4:], "string")}
        elif self.plain(kind) in self.enums:
            schema = {"type": "string"}
        elif self.plain(kind) in self.kinds:
            schema = self.define(self.plain(kind))
        else:
            # Types of other namespaces are held by no field that is read.
            return {}
        return or_null(schema) if nullable else schema

    def define(self, name):
        if name == "directoryObject":
            return {"anyOf": [self.define(one) for one in DIRECTORY_OBJECTS]}
        if name not in self.defs:
            self.defs[name] = None
            fields = {field: self.of(one.get("Type"), one.get("Nullable") != "false")
                      for field, one in self.members(name, "Property").items()}
            relations = self.members(name, "NavigationProperty")
            for relation in EXPANDED.get(name, []):
                fields[relation] = self.of(relations[relation].get("Type"), False)
            self.defs[name] = closed(fields) | {"patternProperties": {"@odata\\.": {}}}
        return reference(name)

    def of_beta(self, name, relations):
        """A type of the beta. A field that version 1.0 has too is of the same form."""
        if "beta." + name not in self.defs:
            known = self.members(name, "Property") if name in self.kinds else {}
            fields = {field: self.of(one.get("Type"), one.get("Nullable") != "false") for field, one in known.items()}
            for field in ["id", *self.beta[name]["properties"]]:
                fields.setdefault(field, {})
                if re.fullmatch(r"signInActivity|\w+SignInActivity", field):
                    fields[field] = or_null(self.define("signInActivity"))
                if field == "claimsMatchingExpression":
                    names = self.complex["federatedIdentityExpression"]["properties"]
                    fields[field] = or_null(closed({one: {} for one in names}))
            for relation, kind in relations.items():
                assert relation in self.beta[name]["navigationProperties"], relation
                fields[relation] = {"type": "array", "items": self.of_beta(kind, {})}
            self.defs["beta." + name] = closed(fields) | {"patternProperties": {"@odata\\.": {}}}
        return reference("beta." + name)

    def walk(self, path):
        """The type that a path leads to."""
        _, version, *parts = path.split("/")
        if version == "beta":
            owner = {"reports": "reportRoot", "applications": "application"}[parts[0]]
            assert len(parts) == 1 or parts[-1] in self.beta[owner]["navigationProperties"], path
            return self.of_beta(*BETA[path])
        kind = self.plain(self.container[parts[0]])
        for part in parts[1:]:
            if part == "{id}":
                continue
            if part.startswith("microsoft.graph."):
                cast = part.removeprefix("microsoft.graph.")
                base = cast
                while base != kind:
                    base = self.plain(self.kinds[base].get("BaseType"))
                kind = cast
            else:
                kind = self.plain(self.members(kind, "NavigationProperty")[part].get("Type"))
        return self.define(kind)

    def operations(self):
        for call, paths in GRAPH.items():
            for path in [paths] if isinstance(paths, str) else paths:
                page = closed({"value": {"type": "array", "items": self.walk(path)}}, ["value"])
                page["patternProperties"] = {"@odata\\.": {}}
                yield call, {"method": "GET", "path": path, "answer": page}


class Arm:
    """The packages that Microsoft generates from its descriptions of Resource Manager."""

    PLAIN = {"str": "string", "iso-8601": "string", "bool": "boolean", "int": "integer"}

    def __init__(self, folder):
        self.folder, self.defs = folder / "azure/mgmt", {}

    def maps(self, module):
        tree = ast.parse((self.folder / module / "models/_models_py3.py").read_text())
        maps, enums = {}, set()
        for one in tree.body:
            if isinstance(one, ast.ClassDef):
                found = [ast.literal_eval(part.value) for part in one.body if isinstance(part, ast.Assign)
                         and part.targets[0].id == "_attribute_map"]
                maps[one.name] = found[0] if found else {}
        return maps, enums

    def of(self, maps, kind):
        if kind.startswith("["):
            return {"type": "array", "items": self.of(maps, kind[1:-1])}
        if kind.startswith("{"):
            return {"type": "object", "additionalProperties": self.of(maps, kind[1:-1])}
        if kind in self.PLAIN:
            return {"type": self.PLAIN[kind]}
        if kind in maps:
            return self.define(maps, kind)
        # Enumerations are no classes of this module; `object` is anything.
        return {} if kind == "object" else {"type": "string"}

    def define(self, maps, name):
        # Two packages may have a class of one name.
        own = f"{self.space}.{name}"
        if own not in self.defs:
            self.defs[own] = None
            schema = closed({})
            for field in maps[name].values():
                place, *path = [schema["properties"], *re.split(r"(?<!\\)\.", field["key"])]
                for step in path[:-1]:
                    place = place.setdefault(step, or_null(closed({})))["properties"]
                # Resource Manager writes null for what is not set.
                place[path[-1]] = or_null(self.of(maps, field["type"]))
            self.defs[own] = schema
        return reference(own)

    def operations(self):
        for call, (path, module, answer) in ARM.items():
            self.space = module.split("/")[0]
            maps, _ = self.maps(module)
            known = "".join(one.read_text() for one in (self.folder / module / "operations").glob("*.py"))
            assert f'"{path}"' in known, path
            shown = path.replace("/{scope}", "/subscriptions/{scope}")
            yield call, {"method": "GET", "path": shown, "answer": self.define(maps, answer)}


class Google:
    """Discovery documents."""

    def __init__(self, folder):
        self.folder, self.defs, self.documents = folder, {}, {}

    def of(self, service, schema):
        document = self.documents[service]
        if "$ref" in schema:
            name = f"{service}.{schema['$ref']}"
            if name not in self.defs:
                self.defs[name] = None
                self.defs[name] = self.of(service, document["schemas"][schema["$ref"]])
            return reference(name)
        kind = schema.get("type", "any")
        if kind == "array":
            return {"type": "array", "items": self.of(service, schema["items"])}
        if kind == "object" and "properties" in schema:
            return closed({name: self.of(service, one) for name, one in schema["properties"].items()})
        if kind == "object":
            more = schema.get("additionalProperties")
            return {"type": "object", "additionalProperties": self.of(service, more) if more else True}
        return {} if kind == "any" else {"type": kind}

    def operations(self):
        for call, (service, names) in GOOGLE.items():
            if service not in self.documents:
                self.documents[service] = json.loads((self.folder / f"{service}.json").read_text())
            document = self.documents[service]
            for name in [names] if isinstance(names, str) else names:
                method = {"resources": document["resources"]}
                *resources, last = name.split(".")
                for resource in resources:
                    method = method["resources"][resource]
                method = method["methods"][last]
                query = [one for one, is_of in method["parameters"].items() if is_of["location"] == "query"]
                yield call, {
                    "method": method["httpMethod"], "path": "/" + method["flatPath"], "query": sorted(query),
                    "answer": self.of(service, method["response"]),
                }


class Github:
    """OpenAPI, as GitHub publishes it for the Enterprise Cloud."""

    def __init__(self, folder):
        self.document, self.defs = json.loads((folder / "ghec.json").read_text()), {}

    def find(self, pointer):
        found = self.document
        for step in pointer.removeprefix("#/").split("/"):
            found = found[step.replace("~1", "/")]
        return found

    def of(self, schema):
        if "$ref" in schema:
            name = schema["$ref"].rsplit("/", 1)[1]
            if name not in self.defs:
                self.defs[name] = None
                self.defs[name] = self.of(self.find(schema["$ref"]))
            return reference(name)
        if "allOf" in schema and len(schema["allOf"]) == 1:
            return or_null(self.of(schema["allOf"][0])) if schema.get("nullable") else self.of(schema["allOf"][0])
        assert "allOf" not in schema, schema
        for word in ("anyOf", "oneOf"):
            if word in schema:
                # A value that fits two of them is as good as one that fits one.
                either = {"anyOf": [self.of(one) for one in schema[word]]}
                return or_null(either) if schema.get("nullable") else either
        kind = schema.get("type")
        if kind == "array":
            read = {"type": "array", "items": self.of(schema.get("items", {}))}
        elif "properties" in schema:
            read = closed({name: self.of(one) for name, one in schema["properties"].items()},
                          schema.get("required", ()))
            if schema.get("additionalProperties"):
                read["additionalProperties"] = True
        elif kind == "object":
            more = schema.get("additionalProperties", True)
            read = {"type": "object", "additionalProperties": self.of(more) if isinstance(more, dict) else more}
        else:
            read = {"type": kind} if kind else {}
        return or_null(read) if schema.get("nullable") else read

    def operations(self):
        for call, path in GITHUB.items():
            method, path = path.split(" ") if " " in path else ("GET", path)
            operation = self.document["paths"][path][method.lower()]
            parameters = [self.find(one["$ref"]) if "$ref" in one else one for one in operation["parameters"]]
            answer = operation["responses"]["201" if method == "POST" else "200"]
            answer = answer["content"]["application/json"]["schema"]
            yield call, {
                "method": method, "path": path,
                "query": sorted(one["name"] for one in parameters if one["in"] == "query"),
                "answer": self.of(answer),
            }


VENDORS = [
    ("graph", Graph, "https://github.com/microsoftgraph/msgraph-metadata",
     "commit f54f11b60956ea7b185ca0447b2b80805836ec7b of 20 August 2026", "MIT"),
    ("arm", Arm, "https://github.com/Azure/azure-rest-api-specs, through PyPI azure-mgmt-authorization, "
     "azure-mgmt-resource and azure-mgmt-storage", "4.0.0, 23.1.1 and 21.2.1", "MIT"),
    ("google", Google, "https://www.googleapis.com/discovery/v1/apis, through PyPI google-api-python-client",
     "2.202.0 of 10 November 2026", "Apache-2.0"),
    ("github", Github, "https://github.com/github/rest-api-description (ghec), through npm @octokit/openapi",
     "23.0.2", "MIT"),
]


def main(sources):
    for vendor, kind, source, version, licence in VENDORS:
        description = kind(pathlib.Path(sources) / vendor)
        operations = [{"call": call} | operation for call, operation in description.operations()]
        lines = ["{", f'"source": {json.dumps(source)},', f'"version": {json.dumps(version)},',
                 f'"licence": {json.dumps(licence)},', '"operations": [']
        lines.append(",\n".join(json.dumps(one) for one in operations))
        lines += ["],", '"$defs": {']
        lines.append(",\n".join(f"{json.dumps(name)}: {json.dumps(one, sort_keys=True)}"
                                for name, one in sorted(description.defs.items())))
        lines += ["}", "}", ""]
        (HERE / f"{vendor}.json").write_text("\n".join(lines))


if __name__ == "__main__":
    main(sys.argv[1])
