namespace Coffer.Client;

/// <summary>There was no connection, or it broke before the answer was whole.</summary>
public class CofferConnectionException : CofferException
{
    /// <summary>Makes an exception that counts as transient.</summary>
    /// <param name="message">What happened, for people.</param>
    /// <param name="innerException">The network's own exception.</param>
    public CofferConnectionException(string message, Exception? innerException = null) : base(message, innerException) =>
        IsTransient = true;
}
