// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The faults that are set, in the order in which they were set.
///
/// Tests and the admin API change them while the lab runs.
package final class FaultBox: Sendable {
  private let faults: Mutex<[Fault]>

  init(_ faults: [Fault]) {
    self.faults = Mutex(faults)
  }

  /// The faults still to come, with what is left of their `skip` and `times`.
  package var pending: [Fault] { faults.withLock { $0 } }

  /// Adds a fault behind those that are set.
  package func set(_ fault: Fault) {
    faults.withLock { $0.append(fault) }
  }

  /// Forgets all faults, or those of one name.
  package func clear(_ name: String? = nil) {
    faults.withLock { faults in faults.removeAll { name == nil || $0.name == name } }
  }

  /// The plan for one request; counts the faults that apply to it.
  func plan(endpoint: IssuerEndpoint, grant: String?, client: String?) -> AnswerPlan {
    faults.withLock { faults in
      var plan = AnswerPlan()
      for index in faults.indices
      where faults[index].matches(endpoint: endpoint, grant: grant, client: client) {
        if faults[index].skip > 0 {
          faults[index].skip -= 1
          continue
        }
        guard let kind = FaultKind.all.first(where: { $0.name == faults[index].name }) else {
          continue
        }
        kind.apply(faults[index], &plan)
        plan.faults.append(faults[index].name)
        faults[index].times = faults[index].times.map { $0 - 1 }
      }
      faults.removeAll { $0.times == 0 }
      return plan
    }
  }
}

extension Fault {
  /// Whether it applies to such a request.
  fileprivate func matches(endpoint: IssuerEndpoint, grant: String?, client: String?) -> Bool {
    (self.endpoint == "*" || self.endpoint == endpoint.rawValue)
      && (self.grant == nil || self.grant == grant)
      && (self.client == nil || self.client == client)
  }
}
