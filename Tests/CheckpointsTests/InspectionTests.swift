import Checkpoints
import Testing

@Test("The listing names everything with its shape, the total, and the end of the history")
func inspection() throws {
  try inFolder { (folder) throws in
    let path = "\(folder)/a.h5"
    try writeSample(to: path)
    let size = try bytes(of: path).count
    let listing = try Inspection.listing(of: path)
    let first =
      "\(path)\nformat version 1, \(size / 1000),\(String(size % 1000 + 1000).dropFirst())"
    #expect(listing.hasPrefix("\(first) bytes, checksum verified\n"), "\(listing)")
    #expect(
      listing.hasSuffix(
        """

        /
          configuration =
            model:
              kind: copymtl
          constrained = true
          rate = 0.1
          step = 120

        /history  (6 values in 2 arrays)
          loss  float64  [3]  3
          step  integer  [3]  3
          the last 3 of 3 rows:
            loss                 step
             2.5                   10
             inf                  -20
             0.1  9223372036854775807

        /optimizer
          beta1 = 0.9

        /parameters  (13 values in 3 arrays)
          encoder.weight  float32  [3, 4]  12
          none            float32  [0, 4]   0
          scalar          float32  []       1

        /vocabulary  (5 values in 2 arrays)
          none   string  [0]  0
          words  string  [5]  5

        """), "\(listing)")
  }
}
