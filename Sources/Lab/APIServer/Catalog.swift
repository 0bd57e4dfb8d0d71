// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The objects that the API server shows, and how they are found by path.
struct Catalog: Sendable {
  let resources: [KubernetesResource]

  /// Answers `GET /api/v1/…`: a list, a watch of one, an object, or a Status that says what is missing or wrong.
  func answer(_ path: [String], _ request: Request, now: Date) -> Response {
    guard path.starts(with: ["api", "v1"]) else { return KubernetesStatus.pathNotFound.response }
    var rest = path.dropFirst(2)
    var namespace: String?
    if rest.count >= 3, rest.first == "namespaces" {
      namespace = rest.dropFirst().first
      rest = rest.dropFirst(2)
    }
    guard let resource = resources.first(where: { $0.name == rest.first }),
      rest.count <= 2, resource.namespaced || namespace == nil
    else { return KubernetesStatus.pathNotFound.response }
    let found = resource.objects.filter { object in
      namespace == nil || object["metadata"]?["namespace"]?.string == namespace
    }
    let asTable = (request.headers[.accept] ?? "").contains("as=Table")
    guard rest.count == 2, let name = rest.last else {
      do {
        return try Self.list(found, of: resource, request, asTable: asTable, now: now)
      } catch {
        return error.response
      }
    }
    guard let object = found.first(where: { $0["metadata"]?["name"]?.string == name }) else {
      return KubernetesStatus(
        code: 404,
        reason: "NotFound",
        message: "\(resource.name) \"\(name)\" not found"
      ).response
    }
    return .json(asTable ? resource.table([object], now: now) : object)
  }

  private static func list(
    _ objects: [JSONValue],
    of resource: KubernetesResource,
    _ request: Request,
    asTable: Bool,
    now: Date
  ) throws(KubernetesStatus) -> Response {
    let query = request.queryFields
    let labels = try LabelSelector(query["labelSelector"] ?? "")
    let fields = try FieldSelector(query["fieldSelector"] ?? "", fields: resource.selectableFields)
    let selected = objects.filter { labels.matches($0) && fields.matches($0) }
    if ["true", "1"].contains(query["watch"]) {
      let shown = asTable ? selected.map { resource.table([$0], now: now) } : selected
      return try Watch(of: shown, query).response(to: request)
    }
    return .json(asTable ? resource.table(selected, now: now) : resource.list(selected))
  }
}

/// One kind of object: how it is discovered, listed and shown as a table.
struct KubernetesResource: Sendable {
  /// A column of the table that kubectl prints; `wide` ones only with `-o wide`.
  struct Column: Sendable {
    let name: String
    let wide: Bool
    let cell: @Sendable (JSONValue, Date) -> JSONValue

    init(
      _ name: String,
      wide: Bool = false,
      _ cell: @escaping @Sendable (JSONValue, Date) -> JSONValue
    ) {
      self.name = name
      self.wide = wide
      self.cell = cell
    }
  }

  let name: String
  let kind: String
  let shortName: String
  let namespaced: Bool
  let columns: [Column]
  /// The fields that a selector may name besides `metadata.name` and `metadata.namespace`.
  let ownFields: [String]
  let objects: [JSONValue]

  /// What a field selector may name.
  var selectableFields: [String] {
    ["metadata.name"] + (namespaced ? ["metadata.namespace"] : []) + ownFields
  }

  /// The entry in the resource list.
  var discovery: JSONValue {
    [
      "name": .string(name), "singularName": .string(kind.lowercased()), "kind": .string(kind),
      "namespaced": .bool(namespaced), "shortNames": [.string(shortName)],
      "categories": namespaced ? ["all"] : [], "verbs": ["get", "list", "watch"],
    ]
  }

  func list(_ objects: [JSONValue]) -> JSONValue {
    [
      "kind": .string("\(kind)List"), "apiVersion": "v1", "metadata": ["resourceVersion": "1"],
      "items": .array(objects),
    ]
  }

  /// meta.k8s.io/v1 Table: the server decides what kubectl prints.
  func table(_ objects: [JSONValue], now: Date) -> JSONValue {
    let definitions = columns.map { column -> JSONValue in
      [
        "name": .string(column.name), "type": "string",
        "format": column.name == "Name" ? "name" : "", "description": "",
        "priority": column.wide ? 1 : 0,
      ]
    }
    let rows = objects.map { object -> JSONValue in
      [
        "cells": .array(columns.map { $0.cell(object, now) }),
        "object": [
          "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1",
          "metadata": object["metadata"] ?? [:],
        ],
      ]
    }
    return [
      "kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": ["resourceVersion": "1"],
      "columnDefinitions": .array(definitions), "rows": .array(rows),
    ]
  }
}
