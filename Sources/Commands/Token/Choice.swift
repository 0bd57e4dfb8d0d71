// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser

/// A choice on the command line, written as its raw value.
///
/// The parser asks each option for its words at every start. Its own way to them, over type-erased iterators, took a
/// twelfth of the time of `get-token`.
package protocol Choice: ExpressibleByArgument, RawRepresentable<String>, CaseIterable {}

extension Choice {
  /// The words, in the order of their declaration.
  package static var allValueStrings: [String] { allCases.map { $0.rawValue } }

  /// None: a word says what it is.
  package static var allValueDescriptions: [String: String] { [:] }
}
