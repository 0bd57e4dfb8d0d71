// SPDX-License-Identifier: Apache-2.0

/// A parser of something that comes from outside, with the rules that hold whatever comes.
///
/// The fuzzer calls it with inputs that it makes up, and the tests with those of `Fuzz/Corpus`.
enum FuzzTarget: String, CaseIterable, Sendable {
  /// Tokens: compact JWS, header, JSON, verdict.
  case jose
  /// Requests to the loopback listener, and form decoding.
  case redirect
  /// What a person pastes in place of a redirect.
  case paste
  /// JSON of an issuer: token, device and pushed-request answers, metadata, key sets.
  case answers
  /// `KUBERNETES_EXEC_INFO`.
  case execInfo = "exec-info"
  /// `config` and `credentials` of the AWS tools.
  case ini
  /// Files of the clouds' tools and answers of STS.
  case vendor

  /// Parses one input; true if the shipped code accepts it.
  ///
  /// Throws ``Breach`` if a rule does not hold, and whatever setting up throws.
  func run(_ input: [UInt8]) throws -> Bool {
    switch self {
    case .jose: try JOSETarget.shared.get().run(input)
    case .redirect: try RedirectTarget.shared.get().run(input)
    case .paste: try PasteTarget.shared.get().run(input)
    case .answers: try AnswersTarget.shared.get().run(input)
    case .execInfo: try ExecInfoTarget().run(input)
    case .ini: try INITarget().run(input)
    case .vendor: try VendorTarget().run(input)
    }
  }
}
