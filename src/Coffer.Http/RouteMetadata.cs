namespace Coffer.Http;

/// <summary>Endpoint metadata: the operation's name in the log and in metrics, such as <c>objects.create</c>.</summary>
public sealed record Operation(string Name);

/// <summary>
/// Endpoint metadata: the route carries object bytes. The JSON body limit and the minimum data rate do not apply.
/// </summary>
public sealed class DataRoute
{
    private DataRoute()
    {
    }

    public static DataRoute Marker { get; } = new();
}

/// <summary>
/// Endpoint metadata: pages of any origin may use it (CORS <c>*</c>), because nothing that a browser adds by itself opens it: what
/// counts is a signed URL, or a token that the page has.
/// </summary>
public sealed class AnyOrigin
{
    private AnyOrigin()
    {
    }

    public static AnyOrigin Marker { get; } = new();
}
