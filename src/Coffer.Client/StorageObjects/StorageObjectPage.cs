namespace Coffer.Client;

/// <summary>One page of storage objects, newest first; can be walked with <c>foreach</c>.</summary>
/// <param name="Items">The objects of this page, without upload URLs.</param>
/// <param name="TotalCount">How many objects match in all; null when it was not asked for.</param>
/// <param name="HasMore">Whether another page begins after the last item.</param>
public sealed record StorageObjectPage(IReadOnlyList<StorageObject> Items, long? TotalCount, bool HasMore)
{
    /// <summary>Walks the items of this page only.</summary>
    public IEnumerator<StorageObject> GetEnumerator() => Items.GetEnumerator();
}
