// Looks at the page of a consignee as a phone shows it, in a real browser without script, in each language, light and
// dark; then writes to the driver there. Tells what it found as JSON.
//
//     node tracking_page.cjs <chromium> <url> <folder for pictures> <words to be written>

const fs = require("node:fs");
const puppeteer = require("puppeteer-core");

const [executablePath, url, folder, words] = process.argv.slice(2);
const languages = ["ar", "de", "en", "es", "fr", "pl", "ro", "tr", "uk"];
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const phone = { width: 360, height: 740, deviceScaleFactor: 2, isMobile: true, hasTouch: true };

// What would trouble a reader: text beyond the edge, small targets, and what axe finds.
async function troubles(page, name) {
    await page.evaluate(axe);
    const found = await page.evaluate(async () => {
        const wide = document.documentElement.scrollWidth - window.innerWidth;
        const small = [...document.querySelectorAll("summary, button, input:not([type=hidden]), nav a")]
            .filter((it) => it.checkVisibility())
            .filter((it) => it.getBoundingClientRect().height < 44)
            .map((it) => `${it.tagName} ${it.textContent} is ${it.getBoundingClientRect().height} high`);
        const told = await globalThis.axe.run(document, {
            runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
        });
        const broken = told.violations.map((it) => `${it.id}: ${it.nodes.map((node) => node.html).join(" ")}`);
        return [...(wide > 0 ? [`${wide} pixels too wide`] : []), ...small, ...broken];
    });
    await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
    return found.map((it) => `${name}: ${it}`);
}

// A reader's phone. Script is off for the reader; axe, which looks at the page, needs it.
async function phoneOf(browser, failed, script) {
    const page = await browser.newPage();
    page.on("requestfailed", (it) => failed.push(it.url()));
    await page.setViewport(phone);
    await page.setJavaScriptEnabled(script);
    return page;
}

async function main() {
    const args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"];
    const browser = await puppeteer.launch({ executablePath, args, acceptInsecureCerts: true });
    const [found, failed] = [[], []];
    const looking = await phoneOf(browser, failed, true);
    for (const scheme of ["light", "dark"]) {
        await looking.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
        for (const language of languages) {
            await looking.goto(`${url}?language=${language}`, { waitUntil: "load" });
            for (const closed of await looking.$$("details")) {
                await closed.evaluate((it) => (it.open = true));
            }
            found.push(...await troubles(looking, `${language}-${scheme}`));
        }
    }
    const page = await phoneOf(browser, failed, false);
    await page.goto(`${url}?language=en`);
    await page.tap("details:first-of-type summary");
    await page.type("details[open] input[type=text]", words);
    await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
    const written = await page.$$eval(".written li", (all) => all.map((it) => it.textContent));
    await page.reload();
    const again = await page.$$eval(".written li", (all) => all.length);
    await looking.goto(`${url}?language=ar`, { waitUntil: "load" });
    found.push(...await troubles(looking, "written"));
    await browser.close();
    console.log(JSON.stringify({ found, failed, written, again }));
}

main().catch((error) => {
    console.error(error);
    process.exit(1);
});
