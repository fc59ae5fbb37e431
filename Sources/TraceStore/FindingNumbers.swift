// The numbers of findings across replays of one recording.

/// SQL that gives the findings of a new replay the numbers that the same ones had in any replay before (table
/// `finding_number`), and others new ones. Numbers of counterexamples stay taken.
enum FindingNumbers {
  private static let ordinal = "row_number() OVER (PARTITION BY kind, event_id ORDER BY id) AS ordinal"

  /// Before the old findings are deleted.
  static let keep = """
    INSERT INTO finding_number SELECT id, kind, event_id, \(ordinal) FROM finding
      WHERE id NOT IN (SELECT id FROM finding_number);
    """

  /// Once the new ones are there.
  static let restore = """
    CREATE TEMP TABLE renumbered AS
      WITH new_finding AS (SELECT id, kind, event_id, \(ordinal) FROM finding),
      known AS (
        SELECT new_finding.id AS id, finding_number.id AS number
        FROM new_finding LEFT JOIN finding_number USING (kind, event_id, ordinal))
      SELECT id, coalesce(number, row_number() OVER (PARTITION BY number IS NULL ORDER BY id) + max(
        coalesce((SELECT max(id) FROM finding_number), 0), coalesce((SELECT max(id) FROM counterexample), 0))) AS number
      FROM known;
    CREATE INDEX temp.renumbered_id ON renumbered (id);
    -- By way of numbers below 0, where none is taken.
    UPDATE finding SET id = -(SELECT number FROM renumbered WHERE renumbered.id = finding.id);
    UPDATE finding SET id = -id;
    UPDATE finding_event SET finding_id = -(SELECT number FROM renumbered WHERE renumbered.id = finding_event.finding_id);
    UPDATE finding_event SET finding_id = -finding_id;
    DROP TABLE renumbered;
    """
}
