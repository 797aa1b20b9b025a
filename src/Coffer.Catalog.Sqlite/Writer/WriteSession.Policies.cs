namespace Coffer.Catalog.Sqlite.Writer;

internal sealed partial class WriteSession
{
    public int? ChangePolicies(AccountId account, PolicyChange change)
    {
        IReadOnlyList<PolicyEntry> there = PolicyRows.List(Db, account);
        var put = change.Puts.Select(static entry => entry.Name).ToHashSet(StringComparer.Ordinal);
        HashSet<string> removed =
        [
            .. there.Where(entry => change.Removes switch
            {
                PolicyRemoval.All => true,
                PolicyRemoval.Managed => entry.IsManaged,
                PolicyRemoval.Named => change.Names.Contains(entry.Name, StringComparer.Ordinal),
                _ => false,
            }).Select(static entry => entry.Name),
        ];
        if (there.Count(entry => !removed.Contains(entry.Name) && !put.Contains(entry.Name)) + put.Count > change.Most)
        {
            return null;
        }

        removed.ExceptWith(put);
        foreach (string name in removed)
        {
            using Statement remove = Db.Prepared("DELETE FROM policy WHERE account = ? AND name = ?");
            remove.Bind(1, account.Value).Bind(2, name).Run();
        }

        foreach (PolicyEntry entry in change.Puts)
        {
            using Statement write = Db.Prepared(
                """
                INSERT INTO policy (account, name, json, managed) VALUES (?1, ?2, ?3, ?4)
                ON CONFLICT (account, name) DO UPDATE SET json = ?3, managed = ?4
                """);
            write.Bind(1, account.Value).Bind(2, entry.Name).Bind(3, entry.Json).Bind(4, entry.IsManaged).Run();
        }

        return removed.Count;
    }

    public void AddDecisions(ReadOnlySpan<DecisionEntry> decisions, int keep)
    {
        var accounts = new HashSet<long>();
        foreach (DecisionEntry decision in decisions)
        {
            // Twice is possible: the answer to the first writing may have been lost.
            using Statement insert = Db.Prepared(
                "INSERT INTO decision (id, account, made_ms, json) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING");
            insert.Bind(1, decision.Id).Bind(2, decision.Account.Value).Bind(3, decision.MadeAtMs).Bind(4, decision.Json).Run();
            accounts.Add(decision.Account.Value);
        }

        foreach (long account in accounts)
        {
            using Statement trim = Db.Prepared(
                """
                DELETE FROM decision WHERE account = ?1
                AND n <= (SELECT n FROM decision WHERE account = ?1 ORDER BY n DESC LIMIT 1 OFFSET ?2)
                """);
            trim.Bind(1, account).Bind(2, keep).Run();
        }
    }

    public int PurgeDecisions(long madeBeforeMs, int limit)
    {
        using Statement purge = Db.Prepared(
            "DELETE FROM decision WHERE n IN (SELECT n FROM decision WHERE made_ms < ?1 ORDER BY made_ms LIMIT ?2)");
        return purge.Bind(1, madeBeforeMs).Bind(2, limit).Run();
    }
}
