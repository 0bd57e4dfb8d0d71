// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The made-up cluster that kubectl sees.
struct SampleObjects {
  private let started: Date
  private let startedText: String

  /// A cluster that began three days before `now`.
  init(now: Date) {
    started = Date(timeIntervalSince1970: (now.timeIntervalSince1970 - 3 * 86_400).rounded(.down))
    startedText = started.formatted(.iso8601)
  }

  var catalog: Catalog {
    Catalog(resources: [namespaces, pods, services])
  }

  private var age: KubernetesResource.Column {
    let started = started
    return .init("Age") { _, now in
      .string("\(max(0, Int(now.timeIntervalSince(started)) / 86_400))d")
    }
  }

  private var nameColumn: KubernetesResource.Column {
    .init("Name") { object, _ in object["metadata"]?["name"] ?? "" }
  }

  private func metadata(
    _ name: String,
    _ namespace: String? = nil,
    labels: [String: JSONValue] = [:]
  ) -> JSONValue {
    var members: [String: JSONValue] = [
      "name": .string(name), "creationTimestamp": .string(startedText), "resourceVersion": "1",
      "uid": .string("lab-\(namespace ?? "cluster")-\(name)"),
    ]
    members["namespace"] = namespace.map(JSONValue.string)
    if !labels.isEmpty { members["labels"] = .object(labels) }
    return .object(members)
  }

  private var namespaces: KubernetesResource {
    KubernetesResource(
      name: "namespaces",
      kind: "Namespace",
      shortName: "ns",
      namespaced: false,
      columns: [
        nameColumn, .init("Status") { object, _ in object["status"]?["phase"] ?? "" }, age,
      ],
      ownFields: ["status.phase"],
      objects: ["default", "kube-public", "kube-system", "shop"].map { name in
        [
          "kind": "Namespace", "apiVersion": "v1",
          "metadata": metadata(name, labels: ["kubernetes.io/metadata.name": .string(name)]),
          "spec": ["finalizers": ["kubernetes"]], "status": ["phase": "Active"],
        ]
      }
    )
  }

  private var pods: KubernetesResource {
    let names = [
      ("default", "hello-7d4b9c6f5-x2x8q"), ("default", "worker-0"),
      ("kube-system", "coredns-668d6bf9bc-5q7mj"), ("shop", "cart-6c9f8d7b4-ktq2m"),
    ]
    return KubernetesResource(
      name: "pods",
      kind: "Pod",
      shortName: "po",
      namespaced: true,
      columns: [
        nameColumn, .init("Ready") { _, _ in "1/1" },
        .init("Status") { object, _ in object["status"]?["phase"] ?? "" },
        .init("Restarts") { _, _ in "0" }, age,
        .init("IP", wide: true) { object, _ in object["status"]?["podIP"] ?? "" },
        .init("Node", wide: true) { object, _ in object["spec"]?["nodeName"] ?? "" },
        .init("Nominated Node", wide: true) { _, _ in "<none>" },
        .init("Readiness Gates", wide: true) { _, _ in "<none>" },
      ],
      ownFields: ["spec.nodeName", "status.phase", "status.podIP"],
      objects: names.enumerated().map { index, name in
        pod(name.1, in: name.0, address: "10.0.0.\(index + 10)")
      }
    )
  }

  private func pod(_ name: String, in namespace: String, address: String) -> JSONValue {
    [
      "kind": "Pod", "apiVersion": "v1",
      "metadata": metadata(
        name,
        namespace,
        labels: ["app": .string(String(name.prefix { $0 != "-" }))]
      ),
      "spec": [
        "nodeName": "lab", "containers": [["name": "main", "image": "registry.example/main:1"]],
      ],
      "status": [
        "phase": "Running", "podIP": .string(address), "startTime": .string(startedText),
        "conditions": [["type": "Ready", "status": "True"]],
        "containerStatuses": [
          [
            "name": "main", "ready": true, "restartCount": 0, "image": "registry.example/main:1",
            "state": ["running": ["startedAt": .string(startedText)]],
          ]
        ],
      ],
    ]
  }

  private var services: KubernetesResource {
    KubernetesResource(
      name: "services",
      kind: "Service",
      shortName: "svc",
      namespaced: true,
      columns: [
        nameColumn, .init("Type") { object, _ in object["spec"]?["type"] ?? "" },
        .init("Cluster-IP") { object, _ in object["spec"]?["clusterIP"] ?? "" },
        .init("External-IP") { _, _ in "<none>" }, .init("Port(s)") { _, _ in "443/TCP" }, age,
      ],
      ownFields: ["spec.clusterIP", "spec.type"],
      objects: [
        [
          "kind": "Service", "apiVersion": "v1", "metadata": metadata("kubernetes", "default"),
          "spec": [
            "type": "ClusterIP", "clusterIP": "10.96.0.1",
            "ports": [["name": "https", "port": 443, "protocol": "TCP"]],
          ],
          "status": ["loadBalancer": [:]],
        ]
      ]
    )
  }
}
