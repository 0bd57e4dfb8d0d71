// SPDX-License-Identifier: Apache-2.0

/// What the API server says about itself, so that kubectl knows which resources there are.
enum APIDiscovery {
  private static let groups = [
    (name: "authentication.k8s.io", resources: [review("selfsubjectreviews", "SelfSubjectReview")]),
    (
      name: "authorization.k8s.io",
      resources: [review("selfsubjectaccessreviews", "SelfSubjectAccessReview")]
    ),
  ]

  /// The discovery document at a path, split at its slashes; nil when there is none.
  static func document(_ path: [String], catalog: Catalog) -> JSONValue? {
    switch path {
    case ["api"]:
      return ["kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []]
    case ["api", "v1"]:
      return resourceList("v1", catalog.resources.map(\.discovery))
    case ["apis"]:
      return [
        "kind": "APIGroupList", "apiVersion": "v1", "groups": .array(groups.map { group($0.name) }),
      ]
    default:
      guard let entry = groups.first(where: { path.starts(with: ["apis", $0.name]) }) else {
        return nil
      }
      if path.count == 2 { return group(entry.name) }
      return path == ["apis", entry.name, "v1"]
        ? resourceList("\(entry.name)/v1", entry.resources) : nil
    }
  }

  private static func resourceList(_ groupVersion: String, _ resources: [JSONValue]) -> JSONValue {
    [
      "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": .string(groupVersion),
      "resources": .array(resources),
    ]
  }

  private static func group(_ name: String) -> JSONValue {
    let version: JSONValue = ["groupVersion": .string("\(name)/v1"), "version": "v1"]
    return [
      "kind": "APIGroup", "apiVersion": "v1", "name": .string(name), "versions": [version],
      "preferredVersion": version,
    ]
  }

  private static func review(_ name: String, _ kind: String) -> JSONValue {
    [
      "name": .string(name), "singularName": .string(kind.lowercased()), "namespaced": false,
      "kind": .string(kind), "verbs": ["create"],
    ]
  }
}
