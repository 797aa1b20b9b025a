namespace Coffer.Bench;

/// <summary>A rule of the benchmark was broken, so what was measured says nothing; the message is the reason.</summary>
internal sealed class InvalidRunException(string message) : Exception(message);
