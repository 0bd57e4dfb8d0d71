// SPDX-License-Identifier: Apache-2.0

/// Builds the tree of a text's first document, as kubectl does, within bounds that honest files never meet.
struct YAMLComposer {
  static let maximumDepth = 64
  /// Nodes after expanding aliases; a "billion laughs" file stops here.
  static let maximumNodes = 1_000_000

  private struct Frame {
    let isMapping: Bool
    let anchor: String?
    let start: YAMLMark
    var items: [YAMLNode] = []
    var size = 1
  }

  private var open: [Frame] = []
  private var anchors: [String: YAMLNode] = [:]
  private var root: YAMLNode?

  /// The first document's root, or nil if the text has no document.
  static func compose(_ bytes: [UInt8]) throws(YAMLFault) -> YAMLNode? {
    var composer = YAMLComposer()
    try LibYAML.parse(bytes) { event throws(YAMLFault) in try composer.take(event) }
    return composer.root
  }

  /// Whether more events are wanted.
  private mutating func take(_ event: YAMLEvent) throws(YAMLFault) -> Bool {
    switch event.kind {
    case .streamEnd, .documentEnd: return false
    case .other: break
    case .scalar(let text, let plain, let anchor):
      let node = YAMLNode(.scalar(text, plain: plain), start: event.start, end: event.end)
      try add(node, anchor: anchor, line: event.start.line)
    case .alias(let name):
      // An anchor counts from the end of its node, so a node cannot contain itself.
      guard let target = anchors[name] else {
        throw YAMLFault(line: event.start.line, what: "an alias names nothing before it")
      }
      try add(target, anchor: nil, line: event.start.line)
    case .sequenceStart(let anchor): try push(isMapping: false, anchor, event.start)
    case .mappingStart(let anchor): try push(isMapping: true, anchor, event.start)
    case .collectionEnd:
      guard let frame = open.popLast() else { return false }
      try add(Self.node(frame, end: event.end), anchor: frame.anchor, line: frame.start.line)
    }
    return true
  }

  private mutating func push(
    isMapping: Bool,
    _ anchor: String?,
    _ start: YAMLMark
  ) throws(YAMLFault) {
    guard open.count < Self.maximumDepth else {
      throw YAMLFault(line: start.line, what: "it is nested too deeply")
    }
    open.append(Frame(isMapping: isMapping, anchor: anchor, start: start))
  }

  /// Adds a node to the innermost collection; `line` is where it is used, which for an alias is not where it stands.
  private mutating func add(_ node: YAMLNode, anchor: String?, line: Int) throws(YAMLFault) {
    if let anchor { anchors[anchor] = node }
    guard let last = open.indices.last else {
      root = node
      return
    }
    open[last].items.append(node)
    open[last].size += node.size
    guard open[last].size <= Self.maximumNodes else {
      throw YAMLFault(line: line, what: "its aliases expand to too much")
    }
    guard open.count + node.height <= Self.maximumDepth + 1 else {
      throw YAMLFault(line: line, what: "it is nested too deeply")
    }
  }

  private static func node(_ frame: Frame, end: YAMLMark) -> YAMLNode {
    guard frame.isMapping else {
      return YAMLNode(.sequence(frame.items), start: frame.start, end: end)
    }
    let pairs = stride(from: 0, to: frame.items.count - 1, by: 2).map { index in
      (key: frame.items[index], value: frame.items[index + 1])
    }
    return YAMLNode(.mapping(pairs), start: frame.start, end: end)
  }
}
