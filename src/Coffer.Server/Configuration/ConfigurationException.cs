namespace Coffer.Server.Configuration;

/// <summary>A setting is wrong. The message is one line: the setting, what is wrong with it, a valid example.</summary>
public sealed class ConfigurationException(string message, Exception? inner = null) : Exception(message, inner);
