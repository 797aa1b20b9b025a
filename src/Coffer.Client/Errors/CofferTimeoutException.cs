namespace Coffer.Client;

/// <summary>The server did not answer within the timeout of a try, or a transfer stood still for that long.</summary>
public class CofferTimeoutException : CofferException
{
    /// <summary>Makes an exception that counts as transient.</summary>
    /// <param name="message">What happened, for people.</param>
    /// <param name="innerException">What the network said, if anything.</param>
    public CofferTimeoutException(string message, Exception? innerException = null) : base(message, innerException) =>
        IsTransient = true;
}
