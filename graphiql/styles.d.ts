// Style sheets are imported for their effect: build/page.ts puts them into one file.
declare module '*.css' {}
