// The forms of the statistics page.
namespace Baton.Control.StatsPage;

/// <summary>In which form the figures are asked for.</summary>
internal enum StatsForm : byte
{
    /// <summary>The page, which asks for <see cref="Live"/> by itself.</summary>
    Page,

    /// <summary>A page without scripts.</summary>
    Plain,

    /// <summary>What the page shows, in short.</summary>
    Live,
    Csv,
    Typed,
    Json,
    JsonSchema,
}
