namespace Coffer.Bench.Load;

/// <summary>What a load of GETs asks for, as a file that <c>random.lua</c> reads: a target a line and, behind a tab, the token sent with it.</summary>
internal sealed class Targets
{
    private readonly (string Target, string? Token)[] _all;

    private Targets(string path, (string Target, string? Token)[] all) => (Path, _all) = (path, all);

    public string Path { get; }

    public static Targets Write(string path, IEnumerable<(string Target, string? Token)> targets)
    {
        (string Target, string? Token)[] all = [.. targets];
        File.WriteAllLines(path, all.Select(one => one.Token is null ? one.Target : $"{one.Target}\t{one.Token}"));
        return new Targets(path, all);
    }

    public static Targets Write(string path, IEnumerable<string> targets) => Write(path, targets.Select(target => (target, (string?)null)));

    /// <summary>Asks for one of them.</summary>
    public Answer Get(HttpConnection connection, int index)
    {
        (string target, string? token) = _all[index];
        return connection.Get(target, token is null ? "" : StorageApi.AuthorizationOf(token));
    }
}
