// SPDX-License-Identifier: Apache-2.0

import CLibYAML

/// What libyaml's parser reports, copied out of its memory.
struct YAMLEvent {
  enum Kind {
    case scalar(String, plain: Bool, anchor: String?)
    case alias(String)
    case sequenceStart(anchor: String?)
    case mappingStart(anchor: String?)
    case collectionEnd
    case documentEnd
    case streamEnd
    case other
  }

  let kind: Kind
  let start: YAMLMark
  let end: YAMLMark
}

/// Why libyaml gave up, and on which line (from 0).
struct YAMLFault: Error {
  let line: Int
  let what: String
}

/// The one file that touches libyaml's pointers.
enum LibYAML {
  /// Parses UTF-8 text and hands each event to `body` until that returns false or the stream ends.
  static func parse(
    _ bytes: [UInt8],
    _ body: (YAMLEvent) throws(YAMLFault) -> Bool
  ) throws(YAMLFault) {
    // On the heap, because libyaml keeps the parser's own address as its input handler's data.
    let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    defer { unsafe parser.deallocate() }
    guard unsafe yaml_parser_initialize(parser) == 1 else {
      throw YAMLFault(line: 0, what: "libyaml has no memory")
    }
    defer { unsafe yaml_parser_delete(parser) }
    // Rethrown by hand, since the buffer's closure cannot carry a typed error on every platform.
    let failure: YAMLFault? = unsafe bytes.withUnsafeBufferPointer { buffer in
      unsafe yaml_parser_set_input_string(parser, buffer.baseAddress, buffer.count)
      unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
      do throws(YAMLFault) {
        while try unsafe body(nextEvent(parser, bytes)) {}
        return nil
      } catch {
        return error
      }
    }
    if let failure { throw failure }
  }

  private static func nextEvent(
    _ parser: UnsafeMutablePointer<yaml_parser_t>,
    _ bytes: [UInt8]
  ) throws(YAMLFault) -> YAMLEvent {
    var event = unsafe yaml_event_t()
    guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw unsafe fault(parser, bytes) }
    defer { unsafe yaml_event_delete(&event) }
    return unsafe YAMLEvent(
      kind: kind(event),
      start: YAMLMark(event.start_mark),
      end: YAMLMark(event.end_mark)
    )
  }

  private static func kind(_ event: yaml_event_t) -> YAMLEvent.Kind {
    switch unsafe event.type {
    case YAML_SCALAR_EVENT:
      let scalar = unsafe event.data.scalar
      let bytes = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
      let isPlain = unsafe scalar.style == YAML_PLAIN_SCALAR_STYLE && scalar.tag == nil
      return unsafe .scalar(
        String(decoding: bytes, as: UTF8.self),
        plain: isPlain,
        anchor: text(scalar.anchor)
      )
    case YAML_ALIAS_EVENT: return unsafe .alias(text(event.data.alias.anchor) ?? "")
    case YAML_SEQUENCE_START_EVENT:
      return unsafe .sequenceStart(anchor: text(event.data.sequence_start.anchor))
    case YAML_MAPPING_START_EVENT:
      return unsafe .mappingStart(anchor: text(event.data.mapping_start.anchor))
    case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: return .collectionEnd
    case YAML_DOCUMENT_END_EVENT: return .documentEnd
    case YAML_STREAM_END_EVENT, YAML_NO_EVENT: return .streamEnd
    default: return .other
    }
  }

  private static func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
    guard let pointer = unsafe pointer else { return nil }
    return unsafe String(cString: pointer)
  }

  private static func fault(
    _ parser: UnsafeMutablePointer<yaml_parser_t>,
    _ bytes: [UInt8]
  ) -> YAMLFault {
    let context = unsafe parser.pointee.context.map { unsafe String(cString: $0) + ", " }
    let problem = unsafe parser.pointee.problem.map { unsafe String(cString: $0) }
    let what = (context ?? "") + (problem ?? "libyaml has no memory")
    // Errors of encoding come with a byte offset and without a line.
    guard unsafe parser.pointee.error == YAML_READER_ERROR else {
      return unsafe YAMLFault(line: Int(parser.pointee.problem_mark.line), what: what)
    }
    let before = unsafe bytes.prefix(Int(parser.pointee.problem_offset))
    return YAMLFault(line: before.count { $0 == UInt8(ascii: "\n") }, what: what)
  }
}

extension YAMLMark {
  init(_ mark: yaml_mark_t) {
    self.init(index: Int(mark.index), line: Int(mark.line), column: Int(mark.column))
  }
}
