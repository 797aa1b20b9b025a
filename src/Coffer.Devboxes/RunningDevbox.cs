namespace Coffer.Devboxes;

/// <summary>A devbox whose files are there and in which commands may run.</summary>
/// <param name="Id">As the wire spells it.</param>
/// <param name="Folder">The devbox's folder on the host, which only the server can enter.</param>
/// <param name="RootPath">What is <c>/</c> in the devbox.</param>
/// <param name="HostUid">The host uid (and gid) that its files belong to; null when that is the server's own.</param>
/// <param name="Environment">Variables that were given when it was made.</param>
public sealed record RunningDevbox(
    string Id, string Folder, string RootPath, int? HostUid, IReadOnlyDictionary<string, string> Environment);
