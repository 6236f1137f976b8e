import Autodiff
import Corpora
import Glibc
import Kernels
import Tensors

extension HMT {
  package func predict(_ batch: [WordInput], scoring: Bool, on tape: Tape) -> [Prediction] {
    let pass = run(batch, streams: nil, on: tape)
    return batch.indices.map { sentence in
      let rows = pass.layout.rows(ofSentence: sentence)
      func best(_ scores: Variable, _ scheme: TagScheme) -> Tags {
        Tags(
          rows.map { indexOfLargest(scores.value.row($0), count: scores.value.columns) }, scheme)
      }
      let joint = best(pass.je.scores, jointScheme)
      return read(
        joint, entities: pass.ee.map { best($0.scores, entityScheme) },
        scores: scoring
          ? TagScores(tags: joint.values, logits: pass.je.scores.value, rows: rows) : nil)
    }
  }

  /// Reads triples from JE's tags, relation by relation, and entities from EE's (HMT/README.md 5.2).
  ///
  /// - Parameter scores: the probabilities of JE's tags; `nil` for triples without.
  package func read(_ joint: Tags, entities: Tags?, scores: TagScores? = nil) -> Prediction {
    let types = vocabularies[.entityTypes]
    var prediction = Prediction(
      entities: entities.map { tags in
        tags.entities.map {
          EntityMention(span: $0.span, type: types.count == 0 ? nil : types[$0.kind])
        }
      }, tags: entities)
    let spans = Dictionary(grouping: joint.entities, by: \.kind).mapValues { $0.map(\.span) }
    let roles = JointTags.Role.allCases.count
    for relation in Set(spans.keys.map { $0 / roles }).sorted() {
      let heads = spans[JointTags.kind(relation, .head)] ?? []
      let tails = spans[JointTags.kind(relation, .tail)] ?? []
      options.pairing.forEachPair(heads, tails) { head, tail in
        prediction.append(
          Prediction.Group(head: head, relation: vocabularies.relations[relation], tail: tail),
          score: scores.map { Float(exp($0.logProbability(of: [head, tail]))) })
      }
    }
    return prediction
  }

  /// The limits of the output: a token has one tag, so that entities of triples have no token in common, unless they
  /// are one entity with one relation and one role; of pairs one to one, in one triple.
  package func expressible(in input: WordInput) -> Expressible {
    let sharesEntities = options.pairing != .oneToOne
    return Expressible(
      tokens: input.length,
      relation: { vocabularies.relations.id(of: $0) != nil },
      pair: { $0.isDisjoint(with: $1) },
      triplesTogether: { a, b in
        let isSameRelation = ExactString(a.relation) == ExactString(b.relation)
        let pairs = [
          (a.head, b.head, true), (a.head, b.tail, false), (a.tail, b.head, false),
          (a.tail, b.tail, true),
        ]
        return pairs.allSatisfy { one, other, isSameRole in
          one.isDisjoint(with: other)
            || (one == other && isSameRole && isSameRelation && sharesEntities)
        }
      })
  }
}
