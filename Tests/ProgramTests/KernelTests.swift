import Foundation
import TestSupport
import Testing

extension ProgramTests {
  /// OpenBLAS and oneDNN choose kernels by the CPU; a run must say where they are not the same.
  @Suite("Kernels of other CPUs", .enabled(if: hasRanks))
  struct KernelTests {
    static let older = ["OPENBLAS_CORETYPE": "Sandybridge", "ONEDNN_MAX_CPU_ISA": "AVX2"]
    static let stop = ["--stop-after", "2"]

    /// Runs on two ranks, of which the second alone is told of the older CPU.
    private func mixed(_ place: Workplace, _ folder: String) throws -> ProcessResult {
      let script = """
        if [ "$OMPI_COMM_WORLD_RANK" = 1 ]; then
          export OPENBLAS_CORETYPE=Sandybridge ONEDNN_MAX_CPU_ISA=AVX2
        fi
        exec "$0" "$@"
        """
      return try mpirun(
        ranks: 2, executable: URL(filePath: "/bin/sh"),
        arguments: [
          "-c", script, program.path, "train", place.path("config.yaml"), "--checkpoints",
          place.path(folder),
        ] + Self.stop, timeout: 60)
    }

    @Test("a rank with other kernels is named, with its host, kernels and what to set")
    func mixture() throws {
      try withWorkplace { place in
        let result = try mixed(place, "mixed")
        #expect(result.status == 0, "\(result.stderr)")
        let warnings = result.complaints.filter { $0.contains("multiplies with") }
        #expect(warnings.count == 1)
        for word in [
          "warning: rank 1 on ", "Sandybridge", "rank 0 on ", "(1 of 2 ranks differ)",
          "OPENBLAS_CORETYPE", "ONEDNN_MAX_CPU_ISA",
        ] {
          #expect(warnings.first?.contains(word) ?? false, "\(word): \(warnings)")
        }
        let log = try place.text("mixed/run.jsonl")
        #expect(log.contains("(1 of 2 ranks differ)"))
      }
    }

    @Test("the settings make ranks agree, and choose what the log says")
    func agreement() throws {
      try withWorkplace { place in
        for ranks in [1, 2, 3] {
          let result = try place.trained(
            ranks: ranks, "on\(ranks)", [], Self.stop, environment: Self.older)
          #expect(!result.stderr.contains("multiplies with"))
          #expect(try place.text("on\(ranks)/run.jsonl").contains("\"blas\":\"Sandybridge\""))
        }
        for ranks in [2, 3] { try place.expectSame("on1/last.h5", "on\(ranks)/last.h5") }
      }
    }

    @Test("a resume with other kernels says so in a line, and one with the same does not")
    func resume() throws {
      try withWorkplace { place in
        try place.trained("run", [], Self.stop, environment: Self.older)
        let same = try place.trained(
          "run", [], ["--resume", "--stop-after", "3"], environment: Self.older)
        #expect(same.complaints.isEmpty, "\(same.stderr)")
        let other = try place.trained("run", [], ["--resume", "--stop-after", "4"])
        #expect(other.complaints.count == 1, "\(other.stderr)")
        for word in [
          "run.jsonl: ", "computed with Sandybridge", "goes on with", "OPENBLAS_CORETYPE",
        ] {
          #expect(other.stderr.contains(word), "\(word): \(other.stderr)")
        }
        let again = try place.trained("run", [], ["--resume", "--stop-after", "5"])
        #expect(again.complaints.isEmpty, "\(again.stderr)")
      }
    }

    @Test("a run log that tells nothing is passed over")
    func foreignLog() throws {
      try withWorkplace { place in
        try place.trained("run", [], Self.stop)
        for log in ["", "\n{\n", "{\"event\":\"start\"}\n", "{\"event\":\"start\",\"blas\":7}"] {
          try place.write(log, to: "run/run.jsonl")
          let result = try place.trained("run", [], ["--resume"] + Self.stop)
          #expect(result.complaints.isEmpty, "\(result.stderr)")
        }
      }
    }
  }
}
