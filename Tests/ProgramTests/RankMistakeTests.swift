import Foundation
import TestSupport
import Testing

extension ProgramTests {
  /// One rank answers for the job, whatever the others do meanwhile.
  @Suite("Mistakes under mpirun")
  struct RankMistakeTests {
    @Test("mistakes of the command line are answered once for the job", .enabled(if: hasRanks))
    func usage() throws {
      try withWorkplace { place in
        let result = try place.train(ranks: 3, "run", [], ["--stop-after", "soon"])
        #expect(result.status == 64)
        #expect(result.stderr.contains("--stop-after"))
        #expect(
          result.stderr.components(separatedBy: "--stop-after").count == 2, "\(result.stderr)")
        #expect(place.names("run").isEmpty)
      }
    }

    @Test("the rank that speaks is waited for, however late it is", .enabled(if: hasRanks))
    func lateSpeaker() throws {
      let script = """
        if [ "$OMPI_COMM_WORLD_RANK" = 0 ]; then for i in {1..80}; do "$0" --help > /dev/null; done; fi
        exec "$0" train Configs/quickstart.yaml --stop-after soon
        """
      let result = try mpirun(
        ranks: 3, executable: URL(filePath: "/bin/bash"), arguments: ["-c", script, program.path])
      #expect(result.status == 64)
      #expect(result.stderr.contains("--stop-after"), "\(result.stderr)")
    }

    @Test("what one rank alone finds is told, and ends all", .enabled(if: hasRanks))
    func oneRank() throws {
      try withWorkplace { place in
        let script = """
          if [ "$OMPI_COMM_WORLD_RANK" = 1 ]; then exec "$0" train none.yaml; fi
          exec "$0" "$@"
          """
        let result = try mpirun(
          ranks: 3, executable: URL(filePath: "/bin/bash"),
          arguments: [
            "-c", script, program.path, "train", place.path("config.yaml"), "--checkpoints",
            place.path("run"),
          ], environment: ["OMPI_MCA_orte_execute_quiet": "1"])
        #expect(result.status == 1)
        #expect(result.complaints.count == 1, "\(result.stderr)")
        #expect(result.stderr.hasPrefix("tercet: rank 1 on "), "\(result.stderr)")
        #expect(result.stderr.contains(": none.yaml: cannot be opened"), "\(result.stderr)")
        #expect(place.names("run").isEmpty)
      }
    }
  }
}
