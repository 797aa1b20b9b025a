namespace Coffer.Dialects.Storage.Tus;

/// <summary>A request that breaks the protocol. The message is the answer's body.</summary>
/// <param name="code">The word for the log.</param>
internal sealed class TusRefusal(int status, string code, string message) : Exception(message)
{
    public int Status => status;

    public string Code => code;
}
