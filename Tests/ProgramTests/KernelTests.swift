import Foundation
import Tensors
import TestSupport
import Testing

extension ProgramTests {
  /// OpenBLAS and oneDNN choose kernels by the CPU; a run must say where they are not the same.
  @Suite("Libraries and their kernels", .enabled(if: hasRanks))
  struct KernelTests {
    static let older = ["OPENBLAS_CORETYPE": "Sandybridge", "ONEDNN_MAX_CPU_ISA": "AVX2"]
    static let stop = ["--stop-after", "2"]
    static let openBLAS = ["products=openblas"]

    /// Runs on two ranks, of which the second alone is told of the older CPU.
    private func mixed(
      _ place: Workplace, _ folder: String, _ library: String
    ) throws -> ProcessResult {
      let script = """
        if [ "$OMPI_COMM_WORLD_RANK" = 1 ]; then
          export OPENBLAS_CORETYPE=Sandybridge ONEDNN_MAX_CPU_ISA=AVX2
        fi
        exec "$0" "$@"
        """
      return try mpirun(
        ranks: 2, executable: URL(filePath: "/bin/sh"),
        arguments: [
          "-c", script, program.path, "train", place.path("config.yaml"), "--set",
          "products=\(library)", "--checkpoints", place.path(folder),
        ] + Self.stop, timeout: 60)
    }

    @Test("a rank with other kernels is named, with its host, kernels and what to set")
    func mixture() throws {
      try withWorkplace { place in
        let result = try mixed(place, "mixed", "openblas")
        #expect(result.status == 0, "\(result.stderr)")
        let warnings = result.complaints.filter { $0.contains("multiplies with") }
        #expect(warnings.count == 1)
        for word in [
          "warning: rank 1 on ", "openblas (OpenBLAS ", " Sandybridge)", "rank 0 on ",
          "(1 of 2 ranks differ)", "OPENBLAS_CORETYPE",
        ] {
          #expect(warnings.first?.contains(word) ?? false, "\(word): \(warnings)")
        }
        #expect(!result.stderr.contains("ONEDNN"))
        let log = try place.text("mixed/run.jsonl")
        #expect(log.contains("(1 of 2 ranks differ)"))
      }
    }

    @Test(
      "a rank that auto gives another library is named, with the key to set",
      .enabled(if: ProductLibrary.onednn.isSupported))
    func mixedLibraries() throws {
      try withWorkplace { place in
        let result = try mixed(place, "mixed", "auto")
        #expect(result.status == 0, "\(result.stderr)")
        for word in ["multiplies with panels", "with onednn (", "one value of products"] {
          #expect(result.stderr.contains(word), "\(word): \(result.stderr)")
        }
        #expect(!result.stderr.contains("OPENBLAS_CORETYPE"))
      }
    }

    @Test(
      "panels have the same bits whatever other libraries would choose",
      .enabled(if: ProductLibrary.panels.isSupported))
    func panels() throws {
      try withWorkplace { place in
        let result = try mixed(place, "mixed", "panels")
        #expect(result.status == 0 && result.complaints.isEmpty, "\(result.stderr)")
        try place.trained("plain", ["products=panels"], Self.stop)
        try place.expectSame("plain/last.h5", "mixed/last.h5")
      }
    }

    @Test("the settings make ranks agree, and choose what the log says")
    func agreement() throws {
      try withWorkplace { place in
        for ranks in [1, 2, 3] {
          let result = try place.trained(
            ranks: ranks, "on\(ranks)", Self.openBLAS, Self.stop, environment: Self.older)
          #expect(!result.stderr.contains("multiplies with"))
          #expect(try place.text("on\(ranks)/run.jsonl").contains(" Sandybridge\""))
        }
        for ranks in [2, 3] { try place.expectSame("on1/last.h5", "on\(ranks)/last.h5") }
      }
    }

    @Test(
      "the library stands in the first lines and in the run log",
      arguments: ProductLibrary.allCases.filter(\.isSupported))
    func said(_ library: ProductLibrary) throws {
      try withWorkplace { place in
        let isChosen = library == .automatic
        for value in [library.rawValue] + (isChosen ? ["auto"] : []) {
          let result = try place.trained(value, ["products=\(value)"], Self.stop)
          #expect(result.stdout.contains("products: \(library) ("), "\(result.stdout)")
          let log = try place.text("\(value)/run.jsonl")
          #expect(log.contains("\"products\":\"\(library)\""), "\(log)")
        }
      }
    }

    @Test("a resume with other kernels says so in a line, and one with the same does not")
    func resume() throws {
      try withWorkplace { place in
        func resumed(_ step: Int, _ environment: [String: String] = [:]) throws -> ProcessResult {
          try place.trained(
            "run", Self.openBLAS, ["--resume", "--stop-after", "\(step)"], environment: environment)
        }
        try place.trained("run", Self.openBLAS, Self.stop, environment: Self.older)
        let same = try resumed(3, Self.older)
        #expect(same.complaints.isEmpty, "\(same.stderr)")
        let other = try resumed(4)
        #expect(other.complaints.count == 1, "\(other.stderr)")
        for word in [
          "run.jsonl: ", "computed with openblas (OpenBLAS ", "Sandybridge", "goes on with",
          "OPENBLAS_CORETYPE",
        ] {
          #expect(other.stderr.contains(word), "\(word): \(other.stderr)")
        }
        let again = try resumed(5)
        #expect(again.complaints.isEmpty, "\(again.stderr)")
      }
    }

    @Test("a run log that tells nothing is passed over, and one of an older version understood")
    func foreignLog() throws {
      try withWorkplace { place in
        try place.trained("run", [], Self.stop)
        for log in ["", "\n{\n", "{\"event\":\"start\"}\n", "{\"event\":\"start\",\"products\":7}"]
        {
          try place.write(log, to: "run/run.jsonl")
          let result = try place.trained("run", [], ["--resume"] + Self.stop)
          #expect(result.complaints.isEmpty, "\(result.stderr)")
        }
        for (kernels, library) in [("tercet", "panels"), ("oneDNN 1.0.0 isa 0x1", "onednn")] {
          try place.write(
            "{\"event\":\"start\",\"blas\":\"Zen\",\"products\":\"\(kernels)\"}\n",
            to: "run/run.jsonl")
          let result = try place.trained("run", Self.openBLAS, ["--resume"] + Self.stop)
          #expect(result.complaints.count == 1, "\(result.stderr)")
          #expect(result.stderr.contains("computed with \(library) (\(kernels))"))
        }
      }
    }

    @Test("a library that is not there ends all ranks with a line that says what to set")
    func unsupported() throws {
      try withWorkplace { place in
        for ranks in [1, 2] {
          let result = try place.train(
            ranks: ranks, "run", ["products=onednn"], Self.stop, environment: Self.older)
          #expect(result.status == 1)
          #expect(result.complaints.count == 1, "\(result.stderr)")
          for word in ["products=onednn needs", "AVX-512", "set products=auto"] {
            #expect(result.stderr.contains(word), "\(word): \(result.stderr)")
          }
          #expect(place.names("run") == [])
        }
      }
    }

    @Test("OpenBLAS multiplies float32, with a warning where bfloat16 was asked for")
    func bfloat16() throws {
      try withWorkplace { place in
        let result = try place.trained("run", Self.openBLAS + ["precision=bfloat16"], Self.stop)
        #expect(result.complaints.count == 1, "\(result.stderr)")
        #expect(result.stderr.contains("warning: bfloat16 needs"), "\(result.stderr)")
        #expect(try place.text("run/run.jsonl").contains("\"precision\":\"float32\""))
      }
    }

    @Test(
      "a checkpoint is evaluated with the library that it was trained with, or with a warning",
      .enabled(if: ProductLibrary.onednn.isSupported))
    func evaluation() throws {
      try withWorkplace { place in
        try place.trained("run", ["products=onednn"], Self.stop)
        let arguments = [
          "evaluate", "--checkpoint", place.path("run/last.h5"), "--data",
          place.path("data/dev.jsonl"),
        ]
        for environment in [[:], Self.older] {
          let result = try runProcess(program.path, arguments, environment: environment)
          #expect(result.status == 0, "\(result.stderr)")
          #expect(result.complaints.count == environment.count / 2, "\(result.stderr)")
          #expect(result.stderr.contains("products=onednn") == !environment.isEmpty)
        }
      }
    }
  }
}
