import Foundation
import TestSupport
import Testing

extension ProgramTests {
  /// Reports as pages for browsers.
  @Suite("Pages")
  struct PageTests {
    /// Makes `gold.jsonl`, of 5,000 sentences, and predictions `a.jsonl` and `b.jsonl` with every kind of fault.
    private func makeSplit(in place: Workplace) throws {
      let made = try place.tercet(
        "data", "synthesize", "--seed", "3", "--sentences", "6250", "--out", "big")
      try #require(made.status == 0, "\(made.stderr)")
      let script = """
        import json, random
        rng = random.Random(1)
        gold = [json.loads(line) for line in open('big/train.jsonl')]
        assert len(gold) == 5000
        relations = sorted({t['relation'] for s in gold for t in s['triples']})
        def guess(t, n):
          h, r, e = t['head'], t['relation'], t['tail']
          other = [rng.randrange(n)] * 2
          return rng.choice(7 * [(h, r, e)] + [
            (h, rng.choice(relations), e), (other, r, e), (h, r, other), (e, r, h), (h, r, None),
            (other, 'none', other), (h, r, [e[0], min(e[1] + 1, n - 1)])])
        for name in 'ab':
          with open(name + '.jsonl', 'w') as file:
            for s in gold:
              triples = [guess(t, len(s['tokens'])) for t in s['triples'] if rng.random() < .9]
              unique = [t for i, t in enumerate(triples) if t not in triples[:i]]
              s = {'id': s['id'], 'tokens': s['tokens'],
                'predicted': [dict(zip(('head', 'relation', 'tail'), t)) for t in unique],
                'scores': [round(rng.random(), 3) for t in unique]}
              file.write(json.dumps(s) + '\\n')
        """
      let guessed = try place.python(script, [])
      try #require(guessed.status == 0, "\(guessed.stderr)")
    }

    @Test(
      "a browser shows a page of 5,000 sentences, filters it and finds its way",
      .enabled(if: hasBrowser))
    func browser() throws {
      try withWorkplace { place in
        try makeSplit(in: place)
        for name in ["page", "again"] {
          let scored = try place.tercet(
            "score", "big/train.jsonl", "a.jsonl", "b.jsonl", "--html", "\(name).html", "--json",
            "report.json")
          #expect(scored.status == 0 && scored.stderr.isEmpty, "\(scored.stderr)")
        }
        #expect(try place.contents("page.html") == place.contents("again.html"))
        let script = packageRoot.appending(path: "Tests/Cluster/browse_page.py").path
        let result = try runProcess(
          "/usr/bin/python3",
          [script, "page.html", "report.json", "big/train.jsonl"], in: place.folder)
        #expect(result.status == 0, "\(result.stdout)\(result.stderr)")
      }
    }

    @Test("text of corpora and names of files stay text in a browser", .enabled(if: hasBrowser))
    func foreignText() throws {
      try withWorkplace { place in
        let foreign = "</script><img/src=x/onerror=alert(1)><b>&lt;"
        let line = try JSONSerialization.data(
          withJSONObject: [
            "id": foreign, "tokens": [foreign, "left"],
            "triples": [["head": [0, 0], "relation": foreign, "tail": [1, 1]]],
          ])
        try place.write(line + Data("\n".utf8), to: "gold.jsonl")
        let name = "<img onerror=1>.jsonl"
        try place.write(line + Data("\n".utf8), to: name)
        let scored = try place.tercet("score", "gold.jsonl", name, name, "--html", "page.html")
        #expect(scored.status == 0, "\(scored.stderr)")
        let script = """
          import sys
          sys.path.insert(0, sys.argv[1])
          from browser import Browser, check_quiet, equal
          browser = Browser('page.html')
          for view in ('scores', 'relations', 'errors?kind=right', 'compare'):
            browser.open('#' + view)
            equal(len(browser.all('img, main b, body > script ~ *:not(script)')), 0, view)
            assert sys.argv[2] in browser.texts('header')[0]
          browser.open('#errors?kind=right')
          assert sys.argv[3] in browser.texts('.facts')[0] and sys.argv[3] in browser.texts('svg')[0]
          check_quiet(browser)
          browser.driver.quit()
          """
        let folder = packageRoot.appending(path: "Tests/Cluster").path
        let result = try place.python(script, [folder, name, foreign])
        #expect(result.status == 0, "\(result.stdout)\(result.stderr)")
      }
    }

    @Test("a model's page has its configuration, and each number of the table its place")
    func model() throws {
      try withWorkplace { place in
        try place.trained("run", [], ["--stop-after", "2"])
        let made = try place.tercet(
          "evaluate", "run/last.h5", "data/test.jsonl", "--html", "made/page.html")
        #expect(made.status == 0 && made.stderr.isEmpty, "\(made.stderr)")
        let html = try place.text("made/page.html")
        #expect(
          html.contains(#""configuration":"model:\n  kind: copymtl\n"#), "\(html.suffix(900))")
        #expect(html.contains(#""name":"seen triples""#))
        let piped = try place.tercet("evaluate", "run/last.h5", "data/test.jsonl", "--html", "-")
        #expect(piped.stdout == html && piped.stderr.contains("exact"))
      }
    }

    @Test("a page is never written over an input, nor over another output")
    func refusals() throws {
      try withWorkplace { place in
        let before = try place.contents("data/test.jsonl")
        let score = ["score", "data/test.jsonl", "data/test.jsonl"]
        for (outputs, words) in [
          (["--html", "data/test.jsonl"], "data/test.jsonl: is the input"),
          (["--html", "x", "--json", "x"], "x: is named for two outputs"),
          (["--html", "-", "--json", "-"], "standard output: is named for two outputs"),
        ] {
          let result = try place.tercet(score + outputs)
          #expect(result.status == 1 && result.complaints.count == 1, "\(result.stderr)")
          #expect(result.stderr.contains(words) && result.stdout.isEmpty, "\(result.stderr)")
        }
        #expect(
          try place.contents("data/test.jsonl") == before && place.names("").contains("x") == false)
        let full = try place.tercet(score + ["--html", "data"])
        #expect(
          full.status == 1 && full.stderr.contains("data: cannot be written"), "\(full.stderr)")
      }
    }

    @Test("a page that opens slowly says its size")
    func large() throws {
      try withWorkplace { place in
        let word = String(repeating: "x", count: 1000)
        let lines = (0..<2100).map {
          #"{"id":"\#($0)","tokens":["\#(word)\#($0)"],"triples":[]}"# + "\n"
        }
        try place.write(lines.joined(), to: "gold.jsonl")
        let result = try place.tercet("score", "gold.jsonl", "gold.jsonl", "--html", "page.html")
        #expect(result.status == 0, "\(result.stderr)")
        #expect(
          result.stderr.hasPrefix("page.html: has 2.2 MB and opens slowly"), "\(result.stderr)")
      }
    }
  }
}

/// Whether pages can be looked at; a line says where they cannot.
private let hasBrowser: Bool = {
  let programs = ["/usr/bin/chromium", "/usr/bin/chromedriver"]
  let module = try? runProcess("/usr/bin/python3", ["-c", "import selenium"])
  let isThere = programs.allSatisfy(FileManager.default.isExecutableFile) && module?.status == 0
  if !isThere {
    print(
      "tests of pages in a browser are skipped: install chromium, chromium-driver and python3-selenium"
    )
  }
  return isThere
}()
