namespace Coffer.Devboxes.Roots;

/// <summary>Where a devbox keeps its files.</summary>
/// <param name="Folder">Its own folder, not to be seen from inside.</param>
/// <param name="Uid">The user and group that its commands run as and its files belong to; null when those are the
/// server's.</param>
internal sealed record DevboxRoot(string Id, string Folder, int? Uid)
{
    /// <summary>What is <c>/</c> inside.</summary>
    public string Root => Path.Combine(Folder, "root");
}
