namespace Coffer.Catalog.Sqlite;

/// <summary>Reads policies and their refusals, on the writer's connection and on the readers'.</summary>
internal static class PolicyRows
{
    public static IReadOnlyList<PolicyEntry> List(Connection db, AccountId account)
    {
        using Statement list = db.Prepared("SELECT name, json, managed FROM policy WHERE account = ? ORDER BY n");
        list.Bind(1, account.Value);
        var all = new List<PolicyEntry>();
        while (list.Step())
        {
            all.Add(new PolicyEntry(list.Text(0), list.Text(1), list.Flag(2)));
        }

        return all;
    }

    public static DecisionEntry? FindDecision(Connection db, UInt128 id)
    {
        using Statement find = db.Prepared("SELECT account, made_ms, json FROM decision WHERE id = ?");
        return find.Bind(1, id).Step() ? new DecisionEntry(id, new AccountId(find.Integer(0)), find.Integer(1), find.Text(2)) : null;
    }
}
