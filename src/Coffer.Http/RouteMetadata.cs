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

/// <summary>Endpoint metadata: the URL carries its own authority, so pages of any origin may use it (CORS <c>*</c>).</summary>
public sealed class SignedRoute
{
    private SignedRoute()
    {
    }

    public static SignedRoute Marker { get; } = new();
}
