namespace Coffer.Client;

/// <summary>The routes to what archives hold.</summary>
internal static class ArchiveRequests
{
    public static ApiRequest ListEntries(string id, ArchiveEntryListRequest? request, RequestOptions? options) =>
        new(HttpMethod.Get, $"{ObjectRequests.Address(id)}/entries")
        {
            Query = [("limit", request?.Limit?.ToString()), ("starting_after", request?.StartingAfter)], Options = options,
        };

    /// <exception cref="ArgumentException">The id or the name is empty, or a part of the name is <c>.</c> or <c>..</c>, which no entry has.</exception>
    public static ApiRequest OpenEntry(string id, string name, RequestOptions? options)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new(HttpMethod.Get, $"{ObjectRequests.Address(id)}/entries/{string.Join('/', name.Split('/').Select(Segment))}") { Options = options };

        string Segment(string part) => part is "" or "." or ".."
            ? throw new ArgumentException($"'{name}' is no entry's name: its parts are never empty, '.' or '..'.", nameof(name))
            : Uri.EscapeDataString(part);
    }
}
