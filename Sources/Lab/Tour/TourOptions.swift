// SPDX-License-Identifier: Apache-2.0

/// What a tour is given.
package struct TourOptions: Sendable {
  /// The lab to tour; its lifetimes are the tour's.
  package let lab: LabOptions
  /// The path of the lanyard program; `lanyard-full` lies where it expects it.
  package let lanyard: String
  /// The path of kubectl; nil: a small client of the lab's own takes its place.
  package let kubectl: String?
  /// Whether a person answers the login page; if not, the tour does as the first user of the lab.
  package let leavesLoginToPerson: Bool

  /// Throws `LabError.badOption` when a refresh token does not live at least twice as long as an
  /// access token, because then there is no renewal to show.
  package init(
    lab: LabOptions,
    lanyard: String,
    kubectl: String?,
    leavesLoginToPerson: Bool = false
  ) throws {
    guard lab.accessLifetime >= 3, lab.refreshLifetime / 2 >= lab.accessLifetime else {
      throw LabError(
        .badOption,
        "the tour cannot show renewal with access tokens of \(lab.accessLifetime) s and refresh "
          + "tokens of \(lab.refreshLifetime) s",
        remedy: "let access tokens live for 3 s or more, refresh tokens twice as long or longer"
      )
    }
    self.lab = lab
    self.lanyard = lanyard
    self.kubectl = kubectl
    self.leavesLoginToPerson = leavesLoginToPerson
  }
}

/// The step of the tour that did not behave.
package struct TourFailure: Error, CustomStringConvertible {
  /// 1 for the first.
  package let step: Int
  /// The step's heading.
  package let title: String
  /// What happened instead.
  package let reason: String

  package var description: String {
    "the tour stopped at step \(step), \"\(title)\": \(reason)"
  }
}
