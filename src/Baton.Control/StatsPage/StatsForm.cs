// The forms of the statistics page.
namespace Baton.Control.StatsPage;

/// <summary>In which form the figures are asked for.</summary>
internal enum StatsForm : byte
{
    /// <summary>The page, which listens to <see cref="Events"/>, or asks for <see cref="Live"/> where it cannot.</summary>
    Page,

    /// <summary>A page without scripts.</summary>
    Plain,

    /// <summary>What the page shows, in short.</summary>
    Live,

    /// <summary>That again and again, as server-sent events.</summary>
    Events,
    Csv,
    Typed,
    Json,
    JsonSchema,
}
