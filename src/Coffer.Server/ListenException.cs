namespace Coffer.Server;

/// <summary>The server could not open one of its addresses. The message is one line that says what to do.</summary>
public sealed class ListenException(string message, Exception inner) : Exception(message, inner)
{
    internal static ListenException InUse(string address, Exception inner) => new(
        $"{address} is in use; stop what listens there, or choose another, for example --urls http://127.0.0.1:8585", inner);

    /// <param name="addresses">One, or all where it is not known which.</param>
    internal static ListenException CannotOpen(string addresses, string reason, Exception inner) => new(
        $"An address of {addresses} cannot be opened ({reason}); choose another, for example --urls http://127.0.0.1:8585", inner);
}
