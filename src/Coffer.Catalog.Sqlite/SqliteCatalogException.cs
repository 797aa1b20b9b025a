namespace Coffer.Catalog.Sqlite;

/// <summary>The catalog cannot be opened; the message is one line that says what to do.</summary>
public sealed class SqliteCatalogException(string message, Exception? inner = null) : Exception(message, inner);
