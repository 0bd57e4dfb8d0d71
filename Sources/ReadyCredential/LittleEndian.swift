// SPDX-License-Identifier: Apache-2.0

extension [UInt8] {
  /// The number at `offset`, which must lie inside the array with all its bytes.
  func littleEndian<Number: FixedWidthInteger>(
    at offset: Int,
    as type: Number.Type = Number.self
  ) -> Number {
    var number: Number = 0
    for index in stride(from: Number.bitWidth / 8 - 1, through: 0, by: -1) {
      number = number << 8 | Number(truncatingIfNeeded: self[offset + index])
    }
    return number
  }

  mutating func append(littleEndian number: some FixedWidthInteger) {
    for shift in stride(from: 0, to: type(of: number).bitWidth, by: 8) {
      append(UInt8(truncatingIfNeeded: number >> shift))
    }
  }

  mutating func append(zeros count: Int) {
    append(contentsOf: repeatElement(0, count: count))
  }
}
